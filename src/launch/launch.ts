import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { EngineError, errnoName } from "../base/index.ts";
import { encodeRecord } from "./encodePlan.ts";
import { type HelperExit, openHelper, runHelper, type WaitingHelper } from "./helperProcess.ts";
import type { JournalRecord } from "./journalReader.ts";
import type { LaunchPlan } from "./plan.ts";
import type { RunStreams } from "./runStreams.ts";
import { parseStepReport, type StepReport } from "./stepReport.ts";

export interface LaunchSettings {
  readonly plan: LaunchPlan;
  readonly helperPath: string;
  /** One from `openLauncher` that waits for its plan. */
  readonly waiting?: WaitingHelper;
  readonly streams: RunStreams;
  /** Called when the payload has been executed, with its process id on the host. */
  readonly onStarted?: (pid: number) => void;
  readonly onStep?: (report: StepReport) => void;
  /** Called when a process of the launch waits at a stop of the plan, until `answerPause`. */
  readonly onPaused?: (pause: LaunchPause) => void;
  /** Called when the helper was killed: what goes on where it was stopped, if something does. */
  readonly onLost?: () => Promise<LaunchPlan | undefined>;
  /** Called when nobody reads a stream of the payload any more: 0 for stdout, 1 for stderr. */
  readonly onUnread?: (stream: number) => void;
}

/** A process that waits. */
export interface LaunchPause {
  /** The id of the step of the plan that stops. */
  readonly step: string;
  /** As the process knows itself: 1 in a pid namespace of its own. */
  readonly pid: number;
}

/** How a launch ended: the payload ran and ended, was left alone, a step failed before it could run, or nobody can tell. */
export type LaunchOutcome = ExitedLaunch | DetachedLaunch | FailedLaunch | LostLaunch;

/** The helper was killed. What it had started may go on. */
export interface LostLaunch {
  readonly kind: "lost";
  readonly error: EngineError;
}

/** The user has let go of the container, with the detach keys or by a signal that is not passed on; it goes on. */
export interface DetachedLaunch {
  readonly kind: "detached";
}

export interface ExitedLaunch {
  readonly kind: "exited";
  /** The status for the caller's own exit: the process's, or 128 and the number of the signal. */
  readonly exitCode: number;
  readonly signal?: string;
  /** Files of the container's group as they were at its end: `memory.events`, `memory.peak`, ... */
  readonly statistics: ReadonlyMap<string, string>;
}

export interface FailedLaunch {
  readonly kind: "failed";
  /** The id of the step that failed, and its call. */
  readonly step: string;
  readonly process: string;
  readonly call: string;
  readonly args: string;
  readonly errno: string;
}

/**
 * Starts the helper with the plan and waits for the end of the payload. Nothing of the container is left afterwards
 * but what the plan wrote to directories of the host; if this process dies first, the helper ends the container.
 *
 * @throws EngineError `helperMissing`.
 */
export async function launch(settings: LaunchSettings): Promise<LaunchOutcome> {
  const signals = forwardSignals(settings.streams);
  try {
    let outcome = await launchOnce(settings, signals);
    const { waiting: _, ...again } = settings;
    while (outcome.kind === "lost") {
      const plan = await settings.onLost?.();
      if (plan === undefined) break;
      outcome = await launchOnce({ ...again, plan }, signals);
    }
    return outcome;
  } finally {
    signals.stop();
  }
}

async function launchOnce(settings: LaunchSettings, signals: SignalForwarding): Promise<LaunchOutcome> {
  const { plan, helperPath, waiting, streams, onStep, onStarted, onUnread, onPaused } = settings;
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const statistics = new Map<string, string>();
  const last = new Map<string, JournalRecord>(); // the newest record of each kind that decides the outcome
  const onRecord = (record: JournalRecord) => {
    if (record.op === "call") onStep?.(parseStepReport(record, steps));
    else if (record.op === "file") statistics.set(record.fields.get("path") ?? "", record.bytes.toString("utf8"));
    else if (record.op === "started") onStarted?.(Number(record.fields.get("pid")));
    else if (record.op === "paused") onPaused?.(parsePause(record));
    else if (record.op === "unread") onUnread?.(Number(record.fields.get("stream")));
    if (record.op !== "failed" || !last.has("failed")) last.set(record.op, record); // the first failure is the reason
  };
  const exit = await runHelper({
    plan,
    helperPath,
    ...(waiting === undefined ? {} : { waiting }),
    stdio: [streams.stdin, streams.stdout, streams.stderr],
    onRecord,
    onControl: signals.sendTo,
    leaveAt: ({ op }) => op === "detached" || op === "exited",
    signal: streams.signal,
  });
  if (last.has("detached")) return { kind: "detached" };
  const exited = last.get("exited");
  if (exited !== undefined) return exitedLaunch(exited, statistics);
  const failed = last.get("failed");
  if (failed !== undefined) return failedLaunch(failed);
  if (exit === undefined) return { kind: "detached" }; // by the signal
  await restoreTerminal(last.get("terminal")?.fields.get("saved"), streams);
  return { kind: "lost", error: lostHelper(exit) };
}

function parsePause({ fields }: JournalRecord): LaunchPause {
  return { step: fields.get("step") ?? "", pid: Number(fields.get("pid")) };
}

/** How the helper of a payload is started that outlives its caller. */
const detachedHelper = { stdio: ["ignore", "ignore", "ignore"], detached: true } as const;

/** Starts the helper for `launch` or, without streams, for `launchDetached` ahead of the plan. */
export function openLauncher(helperPath: string, streams: RunStreams | undefined): WaitingHelper {
  if (streams === undefined) return openHelper({ helperPath, ...detachedHelper });
  return openHelper({ helperPath, stdio: [streams.stdin, streams.stdout, streams.stderr] });
}

/** A payload that runs and will be looked after by its monitor. */
export interface StartedLaunch {
  readonly kind: "started";
  readonly pid: number;
}

/**
 * Starts a payload that outlives this process, and resolves once it has been executed or has failed to be.
 *
 * @throws EngineError `helperMissing`, or `launchFailed` when the monitor ends without a word.
 */
export async function launchDetached(
  settings: Omit<LaunchSettings, "streams" | "onStarted" | "onLost" | "onUnread" | "onPaused">,
): Promise<StartedLaunch | FailedLaunch> {
  const { plan, helperPath, waiting, onStep } = settings;
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const last = new Map<string, JournalRecord>();
  const onRecord = (record: JournalRecord) => {
    if (record.op === "call") onStep?.(parseStepReport(record, steps));
    if (record.op !== "failed" || !last.has("failed")) last.set(record.op, record);
  };
  const leaveAt = ({ op }: JournalRecord) => op === "started";
  const helper = { helperPath, ...detachedHelper, ...(waiting === undefined ? {} : { waiting }) };
  const exit = await runHelper({ plan, ...helper, onRecord, leaveAt });
  const started = last.get("started");
  if (started !== undefined) return { kind: "started", pid: Number(started.fields.get("pid")) };
  const failed = last.get("failed");
  if (failed !== undefined) return failedLaunch(failed);
  throw lostHelper(exit);
}

interface SignalForwarding {
  /** From now on this helper gets them. */
  readonly sendTo: (control: Socket) => void;
  readonly stop: () => void;
}

/** Hands signals on as records until it is stopped; the helper sends them through a pidfd, so never to a stranger. */
function forwardSignals(streams: RunStreams): SignalForwarding {
  let control: Socket | undefined;
  let iterator: AsyncIterator<NodeJS.Signals> | undefined;
  const pump = async (signals: AsyncIterator<NodeJS.Signals>) => {
    for (let next = await signals.next(); next.done !== true; next = await signals.next()) {
      if (next.value !== "SIGWINCH" && control?.writable === true) {
        control.write(encodeRecord("signal", { number: constants.signals[next.value] }));
      }
    }
  };
  return {
    sendTo(helper) {
      control = helper;
      if (iterator !== undefined) return;
      iterator = streams.signals?.[Symbol.asyncIterator]();
      if (iterator !== undefined) pump(iterator).catch(() => undefined); // one that throws has no more to give
    },
    stop: () => void iterator?.return?.(),
  };
}

function exitedLaunch({ fields }: JournalRecord, statistics: ReadonlyMap<string, string>): ExitedLaunch {
  const number = fields.get("signal");
  if (number === undefined) return { kind: "exited", exitCode: Number(fields.get("code")), statistics };
  const name = Object.entries(constants.signals).find(([, value]) => value === Number(number))?.[0];
  return { kind: "exited", exitCode: 128 + Number(number), signal: name ?? `signal ${number}`, statistics };
}

export function failedLaunch({ fields }: JournalRecord): FailedLaunch {
  return {
    kind: "failed",
    step: fields.get("step") ?? "",
    process: fields.get("process") ?? "",
    call: fields.get("name") ?? "",
    args: fields.get("args") ?? "",
    errno: errnoName(Number(fields.get("errno"))),
  };
}

/** A helper that was killed could not put the caller's terminal back; stty(1) takes the state that it had saved. */
async function restoreTerminal(saved: string | undefined, streams: RunStreams): Promise<void> {
  if (saved === undefined || !/^[0-9a-f:]+$/.test(saved)) return;
  await new Promise<void>((resolve) => {
    const stty = spawn("/usr/bin/stty", [saved], { stdio: [streams.stdin, "ignore", "ignore"], env: {} });
    stty.once("close", () => resolve());
    stty.once("error", () => resolve()); // a machine without stty keeps what it has
  });
}

function lostHelper(exit: HelperExit | undefined): EngineError {
  const { code, signal } = exit ?? { code: null, signal: null };
  const how = signal === null ? `it exited with ${code}` : `it was ended by ${signal}`;
  return new EngineError("launchFailed", `the native helper gave no report of the launch: ${how}`, {
    hint: "look for an out-of-memory kill in the kernel's log",
  });
}
