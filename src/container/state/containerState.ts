import { corruptRecord, readRecord, writeRecord } from "../../base/index.ts";
import { isAlive, type ProcessIdentity, readBootId } from "./processIdentity.ts";

/**
 * `state.json`: whether the container is whole. What it does is told by its monitor (`readLiveState`).
 */
export type ContainerState =
  /** `owner` is the brig process that makes it; when that is gone, nobody will finish it. */
  | { readonly status: "creating"; readonly owner: ProcessIdentity; readonly intent: CreationIntent }
  | { readonly status: "created"; readonly started?: StartMark };

/** That a start was asked for: it outlives the boot, and so tells of a container that ended with it. */
export interface StartMark {
  readonly bootId: string;
  /** RFC 3339. */
  readonly at: string;
}

/** The mark of a start in this boot. */
export function startMark(now: Date): StartMark {
  return { bootId: readBootId(), at: now.toISOString() };
}

/** What is about to be made for a container, written before: enough to take it all away again without a record. */
export interface CreationIntent {
  readonly name: string;
  readonly imageId: string;
  readonly diffIds: readonly string[];
  readonly volumes: readonly { readonly name: string; readonly anonymous: boolean }[];
}

export function writeContainerState(path: string, state: ContainerState): void {
  writeRecord(path, state, { durable: false });
}

/** @throws EngineError `storeCorrupt` for a file that brig did not write. */
export function readContainerState(path: string): ContainerState | undefined {
  const record = readRecord(path);
  if (record === undefined) return undefined;
  const whole = record.status === "created" || (record.status === "creating" && typeof record.owner === "object");
  if (!whole) throw corruptRecord(path);
  // As in readContainerRecord: the engine's own file, checked against damage.
  return record as unknown as ContainerState;
}

/** Whether a brig process is making the container at this moment. */
export function isBeingMade(state: ContainerState | undefined, proc?: string): boolean {
  return state?.status === "creating" && isAlive(state.owner, proc);
}
