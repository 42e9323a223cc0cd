import { corruptRecord, readRecord, writeRecord } from "./jsonRecord.ts";
import { isAlive, type ProcessIdentity } from "./processIdentity.ts";

/** `state.json`: how far the container is. Replaced at every change. */
export type ContainerState =
  /** `owner` is the brig process that makes or runs it; when that is gone, so is the container's process. */
  | { readonly status: "creating"; readonly owner: ProcessIdentity; readonly intent: CreationIntent }
  | {
      readonly status: "running";
      readonly owner: ProcessIdentity;
      readonly startedAt: string;
      /** The container's first process, as the host sees it; absent until it was executed. */
      readonly process?: ProcessIdentity;
    }
  | ExitedState;

/** What is about to be made for a container, written before: enough to take it all away again without a record. */
export interface CreationIntent {
  readonly name: string;
  readonly imageId: string;
  readonly diffIds: readonly string[];
  readonly volumes: readonly { readonly name: string; readonly anonymous: boolean }[];
}

export interface ExitedState {
  readonly status: "exited";
  readonly startedAt?: string;
  readonly finishedAt: string;
  /** 0 to 255; absent when nobody saw the end. */
  readonly exitCode?: number;
  readonly signal?: string;
  readonly oomKilled: boolean;
  /** Why it could not be started. */
  readonly error?: string;
}

export function writeContainerState(path: string, state: ContainerState): void {
  writeRecord(path, state, { durable: false });
}

/** @throws EngineError `storeCorrupt` for a file that brig did not write. */
export function readContainerState(path: string): ContainerState | undefined {
  const record = readRecord(path);
  if (record === undefined) return undefined;
  const owned = record.status === "creating" || record.status === "running";
  if (record.status !== "exited" && !(owned && typeof record.owner === "object" && record.owner !== null)) {
    throw corruptRecord(path);
  }
  // As in readContainerRecord: the engine's own file, checked against damage.
  return record as unknown as ContainerState;
}

/** Whether a brig process is at work on the container at this moment. */
export function isInUse(state: ContainerState | undefined, proc?: string): boolean {
  return state !== undefined && state.status !== "exited" && isAlive(state.owner, proc);
}
