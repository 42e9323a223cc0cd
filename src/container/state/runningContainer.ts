import { EngineError, readFileIfExists, readRecord } from "../../base/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";
import { type ContainerPaths, containerPaths } from "./containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "./containerRecord.ts";
import { type LiveState, type RunningState, readLiveState, type StatePlaces } from "./liveState.ts";
import { findContainer } from "./removeContainer.ts";

/** A container that exists and what it does at this moment. */
export interface ObservedContainer {
  readonly record: ContainerRecord;
  readonly paths: ContainerPaths;
  readonly state: LiveState;
}

/** A container that runs: it has processes that can be joined, listed and measured. */
export interface RunningContainer extends ObservedContainer {
  readonly state: RunningState;
}

/** @throws EngineError `containerNotFound`, `invalidValue` for an ambiguous prefix, `storeCorrupt`. */
export function observeContainer(places: StatePlaces, nameOrId: string): ObservedContainer {
  const id = findContainer(places.root, nameOrId);
  const paths = containerPaths(places.root, id);
  const record = readContainerRecord(paths.record);
  if (record === undefined) {
    throw new EngineError("wrongState", `container ${id} is not running`, {
      hint: "another brig is about to make or to remove it",
    });
  }
  const { cgroup } = record;
  const state = readLiveState({ ...places, id, ...(cgroup === undefined ? {} : { cgroup }) });
  return { record, paths, state };
}

/**
 * A container whose processes are there, paused or not.
 *
 * @throws EngineError as `observeContainer`, and `wrongState` with Docker's sentence when it does not run.
 */
export function requireRunning(places: StatePlaces, nameOrId: string): RunningContainer {
  const { record, paths, state } = observeContainer(places, nameOrId);
  if (state.status === "running" || state.status === "paused") return { record, paths, state };
  const restarting = state.status === "restarting";
  throw new EngineError(
    "wrongState",
    restarting
      ? `Container ${record.id} is restarting, wait until the container is running`
      : `container ${record.id} is not running`,
    { hint: restarting ? "try again in a moment" : `start it with: brig start ${record.name}` },
  );
}

/**
 * The specification that a container was started by.
 *
 * @throws EngineError `storeCorrupt` when it is missing or damaged.
 */
export function readContainerSpec({ config }: Pick<ContainerPaths, "config">): RuntimeSpec {
  const spec = readRecord(config);
  if (spec === undefined || typeof spec.process !== "object" || typeof spec.linux !== "object") {
    throw new EngineError("storeCorrupt", `cannot read the specification of a container from "${config}"`, {
      hint: "remove the container with brig rm --force and make it again",
    });
  }
  // The engine wrote it in a directory of its own; the check above is against damage.
  return spec as unknown as RuntimeSpec;
}

/**
 * The group that the container's first process is in: the container's own, or one below it that the container made. A
 * group that gives controllers to others can hold no processes itself (cgroups(7)), so whatever joins must go there.
 */
export function groupOfProcess({ record, state }: RunningContainer, proc = "/proc"): string | undefined {
  const own = record.cgroup;
  if (own === undefined) return undefined;
  const line = (readFileIfExists(`${proc}/${state.process.pid}/cgroup`) ?? "")
    .split("\n")
    .find((text) => text.startsWith("0::"));
  const path = line?.slice(3) ?? "";
  const name = own.slice(own.lastIndexOf("/"));
  const below = path.lastIndexOf(`${name}/`);
  const rest = below < 0 ? "" : path.slice(below + name.length);
  return /^(\/[A-Za-z0-9_][A-Za-z0-9_.:@\\-]{0,200}){1,8}$/.test(rest) ? `${own}${rest}` : own;
}
