import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError, errnoOf, failPoint, writeFileAtomic } from "../../base/index.ts";
import { signalProcess } from "../../launch/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "../state/containerRecord.ts";
import { killGroup } from "../state/killGroup.ts";
import { isUnderWay, type LiveState, readLiveState } from "../state/liveState.ts";
import { observeState, unseenEnd } from "../state/observedState.ts";
import { findContainer } from "../state/removeContainer.ts";
import { readStartFailure } from "../why/startFailure.ts";
import { findLost, tend } from "./adoptContainer.ts";
import { tellMonitor } from "./tellMonitor.ts";

/** Between two looks: the first come soon, for an end that was ordered is there in no time. */
const [firstPauseMs, mostPauseMs] = [1, 10];
const patienceMs = 10_000;

export interface StopRequest {
  readonly nameOrId: string;
  /** How long to wait for the process to end by itself; the container's own value when left out; negative: for ever. */
  readonly timeoutSec?: number;
  /** `SIGTERM`; the container's own when left out. */
  readonly signal?: string;
  readonly onNotice?: (notice: string) => void;
}

/**
 * Ends a container: the stop signal, some time, then its whole group at once (cgroup.kill, cgroups(7)). The restart
 * policy is not asked. One that does not run is left as it is, as Docker does.
 *
 * @throws EngineError `containerNotFound`; `busy` when even the kernel cannot end it within ten seconds.
 */
export async function stopContainer(request: StopRequest, context: EngineContext): Promise<void> {
  const found = await look(request.nameOrId, context);
  const { id, paths, record } = found;
  if (!isUnderWay(found.state)) return;
  const timeoutSec = request.timeoutSec ?? readContainerOptions(paths.options).stopTimeoutSec;
  const signal = request.signal ?? record.stopSignal;
  writeFileAtomic(paths.stopped, "");
  failPoint("stop.marked");
  const ignored = unhandledSignal(found.state, signal);
  await sendSignal(found, { op: "stop", signal }, context);
  failPoint("stop.signalled");
  const timeoutMs = timeoutSec < 0 ? Number.POSITIVE_INFINITY : timeoutSec * 1000;
  if (!(await hasEnded(id, context, timeoutMs))) {
    if (ignored !== undefined && timeoutMs > 0) request.onNotice?.(ignored);
    await endGroup(found, context);
  }
  failPoint("stop.ended");
  await tellContainer(record, { action: "stop" }, context);
}

/**
 * Sends a signal to the container's first process. A signal that is meant to end it also ends its restart policy.
 *
 * @throws EngineError `containerNotFound`, `wrongState` with Docker's sentence when it does not run.
 */
export async function killContainer(
  { nameOrId, signal }: { readonly nameOrId: string; readonly signal: string },
  context: EngineContext,
): Promise<void> {
  const found = await look(nameOrId, context);
  if (found.state.status !== "running" && found.state.status !== "paused") {
    throw new EngineError("wrongState", `cannot kill container: ${nameOrId}: container ${found.id} is not running`, {
      hint: `start it with: brig start ${nameOrId}`,
    });
  }
  const final = signal === "SIGKILL" || signal === found.record.stopSignal;
  if (final) writeFileAtomic(found.paths.stopped, "");
  failPoint("kill.marked");
  await sendSignal(found, { op: final ? "stop" : "signal", signal }, context);
}

/**
 * Ends a container whatever it does, and waits until its monitor has put it away. It is to be removed: what its monitor
 * writes about its end need not outlive a power cut.
 */
export async function endContainer(nameOrId: string, context: EngineContext): Promise<void> {
  const found = await look(nameOrId, context);
  if (!isUnderWay(found.state)) return;
  writeFileAtomic(found.paths.stopped, "");
  await sendSignal(found, { op: "stop", signal: "SIGKILL", fleeting: 1 }, context);
  await endGroup(found, context);
}

interface Found {
  readonly id: string;
  readonly paths: ReturnType<typeof containerPaths>;
  readonly record: ContainerRecord;
  readonly state: LiveState;
}

async function look(nameOrId: string, context: EngineContext): Promise<Found> {
  const id = findContainer(context.root, nameOrId);
  await tend(id, context);
  const paths = containerPaths(context.root, id);
  const record = readContainerRecord(paths.record);
  if (record === undefined) throw new EngineError("containerNotFound", `No such container: ${nameOrId}`);
  return { id, paths, record, state: readLiveState({ ...context, id }) };
}

/** Through the monitor, which must know that the end is wanted; without one through a pidfd of our own. */
async function sendSignal(
  { id, record, state }: Found,
  { op, signal, ...more }: { readonly op: "signal" | "stop"; readonly signal: string; readonly fleeting?: 1 },
  context: EngineContext,
): Promise<void> {
  const number = constants.signals[signal as NodeJS.Signals]; // parsed by parseSignal, or from the record
  await tellContainer(record, { action: "kill", details: { signal: String(number) } }, context);
  if (await tellMonitor(context.runRoot, id, { op, fields: { number, ...more } })) return;
  if (state.status !== "running" && state.status !== "paused") return;
  await signalProcess({ helperPath: context.helperPath, process: state.process, number });
}

async function endGroup({ id, record }: Found, context: EngineContext): Promise<void> {
  if (record.cgroup !== undefined) killGroup(record.cgroup);
  failPoint("stop.killed");
  if (await hasEnded(id, context, patienceMs)) return;
  throw new EngineError("busy", `the container ${id} has not ended after ${patienceMs / 1000} seconds`, {
    hint: "a process of it may hang in the kernel; try again later",
  });
}

async function hasEnded(id: string, context: EngineContext, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, mostPauseMs)) {
    if (findLost({ ...context, id }) !== undefined) await tend(id, context);
    if (!isUnderWay(readLiveState({ ...context, id }))) return true;
    if (performance.now() > deadline) return false;
    await delay(pauseMs);
  }
}

/** Resolves with the exit status when a container has ended for good; at once for one that does not run. */
export async function waitContainer(nameOrId: string, context: EngineContext): Promise<number> {
  const id = findContainer(context.root, nameOrId);
  await hasEnded(id, context, Number.POSITIVE_INFINITY);
  const state = observeState(readLiveState({ ...context, id }));
  const failure = readStartFailure(containerPaths(context.root, id).failure, state);
  return failure?.exitCode ?? state.exitCode ?? (state.status === "created" ? 0 : unseenEnd);
}

/**
 * Why a signal will do nothing: process 1 of a pid namespace gets only signals that it handles (pid_namespaces(7)). The
 * sentence is for the user whose stop took its whole time.
 */
function unhandledSignal(state: LiveState, signal: string): string | undefined {
  if (state.status !== "running") return undefined;
  const status = readStatus(state.process.pid);
  const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const name = /^Name:\s*(.*)$/m.exec(status)?.[1] ?? "";
  const number = constants.signals[signal as NodeJS.Signals];
  if (status === "" || ((caught >> BigInt(number - 1)) & 1n) === 1n) return undefined;
  return `process 1 (${name}) has no handler for ${signal}, so it was ended by force: use the exec form of the command, or --init`;
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ESRCH") return "";
    throw error;
  }
}
