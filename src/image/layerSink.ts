import type { DiffId } from "../oci/index.ts";

/**
 * Where unpacked layers go. The pull pipeline feeds the uncompressed tar archive of a layer while it is still being
 * verified, so nothing may become visible before `commit`.
 */
export interface LayerSink {
  /** Whether the layer is there, complete. */
  has(diffId: DiffId): Promise<boolean>;
  /**
   * Starts to take a layer in. Another process may be busy with the same one: waiting for it and sharing its result
   * are both fine. The caller ends every intake with exactly one of `commit` and `abort`.
   */
  begin(diffId: DiffId): Promise<LayerIntake>;
}

export interface LayerIntake {
  /**
   * The next bytes of the tar archive. Undefined means "go on"; a promise is back-pressure to wait for. The chunk
   * belongs to the intake afterwards.
   */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Everything was written: resolves when it is unpacked and on the disk, where nobody sees it yet. Idempotent. */
  finish(): Promise<unknown>;
  /** Everything was written and its digest is the diffId: make the layer durable and visible. */
  commit(): Promise<void>;
  /** Forgets the layer and removes what was made. Safe after any failure, and after a failed `commit`. */
  abort(): Promise<void>;
}
