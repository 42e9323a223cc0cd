import type { ContainerId } from "../../base/index.ts";
import { corruptRecord, readRecord, writeRecord } from "../../base/index.ts";
import type { Healthcheck } from "../../oci/index.ts";
import type { BindIdMap } from "../runOptions.ts";

/** `container.json`: what was decided when the container was made. Written once, last; a container without it is not one. */
export interface ContainerRecord {
  readonly version: 1;
  readonly id: ContainerId;
  readonly name: string;
  /** RFC 3339. */
  readonly created: string;
  /** The reference that the user wrote. */
  readonly image: string;
  readonly imageId: string;
  /** The layers of its root, the lowest first. */
  readonly diffIds: readonly string[];
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal: string;
  /** Remove it when its process has ended. */
  readonly remove: boolean;
  readonly mounts: readonly RecordedMount[];
  /** Where its range of ids lies; absent in the host's user namespace. */
  readonly idRange?: { readonly firstId: number; readonly size: number };
  /** Why it has the host's ids although nobody asked for them, in sentences. */
  readonly hostIds?: readonly string[];
  /** The v2 group it lives in. */
  readonly cgroup?: string;
  /** The names of the networks that it is in. */
  readonly networks?: readonly string[];
  /** `80/tcp`: what its image or `--expose` says that it listens on. */
  readonly exposedPorts?: readonly string[];
  /** How its health is checked, as the user and the image say it together. */
  readonly healthcheck?: Healthcheck;
  /** Whether its monitor does so. */
  readonly probed?: boolean;
}

export interface RecordedMount {
  readonly kind: "bind" | "volume" | "tmpfs";
  readonly target: string;
  /** A host path, or the name of a volume. */
  readonly source: string;
  readonly readOnly: boolean;
  /** The volume was made without a name; it goes with the last container that uses it, when the user wants that. */
  readonly anonymous: boolean;
  /** How a bind is shared with its source (mount_namespaces(7)). */
  readonly propagation?: string;
  /** Whether mounts below the source come along. */
  readonly recursive?: boolean;
  /** How the ids of a bind's files are mapped. */
  readonly idMap?: BindIdMap;
  /** The part of the volume that is shown. */
  readonly subpath?: string;
}

export function writeContainerRecord(path: string, record: ContainerRecord): void {
  writeRecord(path, record, { durable: false });
}

/** @throws EngineError `storeCorrupt` for a file that brig did not write. */
export function readContainerRecord(path: string): ContainerRecord | undefined {
  const record = readRecord(path);
  if (record === undefined) return undefined;
  const whole =
    record.version === 1 &&
    typeof record.id === "string" &&
    typeof record.name === "string" &&
    typeof record.created === "string" &&
    typeof record.image === "string" &&
    Array.isArray(record.command) &&
    Array.isArray(record.mounts) &&
    Array.isArray(record.diffIds) &&
    typeof record.labels === "object" &&
    record.labels !== null;
  if (!whole) throw corruptRecord(path);
  // The engine wrote the file in a directory of its own; the check above is against damage, not against strangers.
  return record as unknown as ContainerRecord;
}
