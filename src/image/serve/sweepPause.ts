import type { HeldLock } from "../../base/index.ts";
import type { ImageStore } from "../store.ts";

/**
 * Keeps sweeps away while clients push: blobs come many requests before the manifest that makes them part of an image,
 * and a client that was told that a blob is here relies on it. The lock is given back when nothing was pushed for
 * `quietMs` and no upload is open, so that a registry that runs for months does not keep the store from being swept.
 */
export class SweepPause {
  readonly #store: Pick<ImageStore, "holdOffSweeps">;
  readonly #quietMs: number;
  readonly #isNeeded: () => boolean;
  #lock: Promise<HeldLock> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Pick<ImageStore, "holdOffSweeps">, quietMs: number, isNeeded: () => boolean) {
    this.#store = store;
    this.#quietMs = quietMs;
    this.#isNeeded = isNeeded;
  }

  get isHeld(): boolean {
    return this.#lock !== undefined;
  }

  /** Resolves once no sweep is under way and none begins for a while. */
  async extend(): Promise<void> {
    clearTimeout(this.#timer);
    this.#lock ??= this.#store.holdOffSweeps();
    try {
      await this.#lock;
    } catch (error) {
      this.#lock = undefined;
      throw error;
    }
    this.#wait();
  }

  /** Gives the lock back. Idempotent. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    const lock = this.#lock;
    this.#lock = undefined;
    (await lock)?.release();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    // The server's socket keeps the process alive, not this.
    this.#timer = setTimeout(() => {
      if (this.#isNeeded()) this.#wait();
      else void this.end();
    }, this.#quietMs).unref();
  }
}
