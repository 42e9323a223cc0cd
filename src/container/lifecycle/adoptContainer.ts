import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError } from "../../base/index.ts";
import {
  compilePlan,
  type FieldValue,
  type LaunchPlan,
  type LaunchRequest,
  launchDetached,
} from "../../launch/index.ts";
import { hasOwnNetwork } from "../networks/ownNetwork.ts";
import { type ContainerPaths, containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { readLaunchFile } from "../state/launchFile.ts";
import { isLive, type LiveState, type RunningState, readLiveState, type StatePlaces } from "../state/liveState.ts";
import { isAlive, readBootId } from "../state/processIdentity.ts";
import { findContainer } from "../state/removeContainer.ts";
import { monitorGroup } from "./monitorGroup.ts";
import { endStaleGroup } from "./staleGroup.ts";

export interface AdoptionPlaces extends StatePlaces {
  readonly helperPath: string;
}

export interface AdoptionRequest extends AdoptionPlaces {
  readonly id: string;
}

/**
 * Gives a container a monitor when its own was killed: one that runs gets a new one; of one that has ended meanwhile the
 * end is written down and dealt with as its monitor would have done; one that was to be started again is. A container
 * that lacks nothing is left alone. Any number of callers may try at once: the kernel lets one monitor in (native/monitor.c).
 *
 * @throws EngineError `storeCorrupt` when it is not known how the container is started, `launchFailed`, `helperMissing`.
 */
export async function adoptContainer(request: AdoptionRequest): Promise<void> {
  const plan = await planAdoption(request, { foreground: false });
  if (plan === undefined) return;
  const { helperPath, id, root, runRoot } = request;
  const group = readLaunchFile(containerPaths(root, id).launch).cgroup?.directory;
  if (group !== undefined && !isLive({ root, runRoot, id })) await endStaleGroup({ root, runRoot, id, group });
  const outcome = await launchDetached({ plan, helperPath });
  if (outcome.kind === "failed" && outcome.call !== lockCall) {
    throw new EngineError("launchFailed", `cannot stay with the container ${id}: ${outcome.call}: ${outcome.errno}`);
  }
  await settled(request);
}

/** What a new monitor of a container that lacks one does; undefined for a container that does not. */
export async function planAdoption(
  request: Omit<AdoptionRequest, "helperPath">,
  { foreground }: Pick<LaunchRequest, "foreground">,
): Promise<LaunchPlan | undefined> {
  const lost = findLost(request);
  if (lost === undefined) return undefined;
  const paths = containerPaths(request.root, request.id);
  const launch = readLaunchFile(paths.launch);
  const record = readContainerRecord(paths.record);
  const network = record !== undefined && hasOwnNetwork(record, paths.directory) ? await networkOf(request) : {};
  const place = foreground ? {} : monitorGroup(launch);
  const monitor = { ...launch.monitor, boot: readBootId(), ...progressOf(lost), ...place };
  // Its volumes were filled before its process was executed.
  return compilePlan({ ...launch, ...network, copyUp: [], foreground, monitor });
}

async function networkOf(request: Omit<AdoptionRequest, "helperPath">): Promise<Pick<LaunchRequest, "network">> {
  const { networkAsStarted } = await import("../networks/networkAsStarted.ts");
  try {
    return networkAsStarted(request.id, containerPaths(request.root, request.id).directory, request);
  } catch (error) {
    // A monitor that knows nothing of a network which is gone is better than none.
    if (error instanceof EngineError && error.code === "networkNotFound") return {};
    throw error;
  }
}

/** As `adoptContainer`, for verbs that can do without a monitor: what keeps one from starting does not keep them. */
export async function tendContainer(nameOrId: string, places: AdoptionPlaces): Promise<void> {
  await tend(findContainer(places.root, nameOrId), places);
}

/** As `tendContainer`, for an id. */
export async function tend(id: string, places: AdoptionPlaces): Promise<void> {
  try {
    await adoptContainer({ ...places, id });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
}

/** The call by which a monitor makes sure that it is the only one. */
export const lockCall = "flock";

type Lost = Exclude<LiveState, { readonly status: "created" | "restarting" }>;

/** The state of a container that lacks a monitor. */
export function findLost({ id, ...places }: Pick<AdoptionRequest, "id" | "root" | "runRoot">): Lost | undefined {
  return lostOf(readLiveState({ ...places, id }), containerPaths(places.root, id));
}

/** The state, if it is one of a container that lacks a monitor. */
export function lostOf(state: LiveState, { stopped }: Pick<ContainerPaths, "stopped">): Lost | undefined {
  switch (state.status) {
    case "running":
    case "paused":
      return state.monitor === undefined ? state : undefined;
    case "dead":
      return state;
    case "exited": {
      // Between two starts; one that somebody stopped meanwhile has ended for good.
      const waits = state.exit.restarting === true && state.exit.rebooted !== true;
      return waits && !existsSync(stopped) ? state : undefined;
    }
    default:
      return undefined;
  }
}

/** What has happened already. */
function progressOf(lost: Lost): Readonly<Record<string, FieldValue>> {
  if (lost.status === "exited") return { restarts: lost.exit.restarts + 1 };
  const { process, startedAt, restarts } = lost;
  const ageMs = Math.max(0, Date.now() - Date.parse(startedAt));
  return {
    adopt: process.pid,
    started: process.startTime,
    "started-at": startedAt,
    age: String(BigInt(Math.round(ageMs)) * 1_000_000n),
    restarts,
  };
}

const pauseMs = 5;
const patienceMs = 10_000;

/** Until the new monitor, ours or another caller's, stays with the payload or has put its end away. */
async function settled(request: AdoptionRequest): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const state = readLiveState(request);
    const isRunning = state.status === "running" || state.status === "paused";
    if (isRunning ? hasBoth(state) : findLost(request) === undefined) return;
    await delay(pauseMs);
  }
}

function hasBoth({ monitor, process }: RunningState): boolean {
  return monitor !== undefined && isAlive(process);
}
