import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { EngineError, errnoOf } from "../base/index.ts";
import { encodePlan } from "./encodePlan.ts";
import { JournalReader, type JournalRecord } from "./journalReader.ts";
import type { LaunchPlan } from "./plan.ts";

export interface HelperStart {
  readonly helperPath: string;
  /** What the helper and through it the payload get as stdin, stdout and stderr. */
  readonly stdio: readonly [number | "ignore" | "pipe", number | "ignore" | "pipe", number | "ignore" | "pipe"];
  /** In a session of its own, which the end of ours does not touch. */
  readonly detached?: boolean;
}

export interface HelperSettings extends HelperStart {
  readonly plan: Pick<LaunchPlan, "steps">;
  readonly onRecord: (record: JournalRecord) => void;
  readonly leaveAt?: (record: JournalRecord) => boolean;
  /** Leaves it alone as well. */
  readonly signal?: AbortSignal | undefined;
  /** Called once with the writable side of the control socket. */
  readonly onControl?: (control: Socket) => void;
  /** One that was started before with the same settings and waits for its plan. */
  readonly waiting?: WaitingHelper;
}

/** How the helper itself ended. */
export interface HelperExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Starts the helper with a plan, hands over each record of its journal and resolves when it has ended.
 * With `leaveAt` it is left alone, and goes on without us, as soon as that says so of a record, and with `signal` when that
 * is aborted; then there is no end to tell. The helper gets no environment: what the payload sees is in the plan (SECURITY-BASELINE R8).
 *
 * @throws EngineError `helperMissing` when it cannot be started.
 */
export async function runHelper(settings: HelperSettings): Promise<HelperExit | undefined> {
  const helper = settings.waiting ?? openHelper(settings);
  const left = new Promise<undefined>((resolve) => {
    const leave = () => {
      helper.control?.destroy();
      helper.process.unref();
      resolve(undefined);
    };
    const onRecord = (record: JournalRecord) => {
      settings.onRecord(record);
      if (settings.leaveAt?.(record) === true) leave();
    };
    settings.signal?.addEventListener("abort", leave, { once: true });
    givePlan(helper, { ...settings, onRecord });
  });
  return Promise.race([helper.ended, left]);
}

/** A helper that has no plan yet. */
export interface WaitingHelper {
  readonly process: ChildProcess;
  readonly control: Socket | undefined;
  /** Rejects with `helperMissing` when it could not be started. */
  readonly ended: Promise<HelperExit>;
}

/**
 * Starts the helper ahead of its plan: while it makes itself ready, the caller can go on deciding. The
 * caller gives it to `runHelper` or dismisses it.
 */
export function openHelper({ helperPath, stdio, detached = false }: HelperStart): WaitingHelper {
  const helper = spawn(helperPath, ["launch"], { stdio: [...stdio, "pipe"], env: {}, detached });
  const control = (helper.stdio[3] ?? undefined) as Socket | undefined; // "pipe" gives a socket, or nothing when spawn failed
  control?.on("error", () => undefined); // the helper went away: how it ended is what counts
  const ended = new Promise<HelperExit>((resolve, reject) => {
    helper.once("error", (error) => reject(helperMissing(error, helperPath)));
    helper.once("close", (code, signal) => resolve({ code, signal }));
  });
  ended.catch(() => undefined); // the caller may look at it late
  return { process: helper, control, ended };
}

/** Lets a helper that was given no plan end, and resolves when it has; one that was given a plan is not touched. */
export async function dismissHelper({ control, ended }: WaitingHelper): Promise<void> {
  if (control === undefined || control.bytesWritten > 0 || control.destroyed) return;
  control.destroy();
  await ended;
}

function givePlan({ control }: WaitingHelper, { plan, onRecord, onControl }: HelperSettings): void {
  if (control === undefined) return;
  const reader = new JournalReader();
  control.on("data", (piece: Buffer) => {
    for (const record of reader.read(piece)) onRecord(record);
  });
  control.write(encodePlan(plan));
  onControl?.(control);
}

/** A helper that executes a plan while the caller talks to it through its standard streams. */
export interface PlanProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Rejects with `helperMissing` when it could not be started. */
  readonly ended: Promise<HelperExit>;
  /** Ends it at once. Idempotent. */
  kill(): void;
}

/** Starts the helper with a plan that reads its stdin or writes to its stdout. */
export function startPlan(settings: Pick<HelperSettings, "plan" | "helperPath" | "onRecord">): PlanProcess {
  const stdio = ["pipe", "pipe", "ignore"] as const;
  const helper = openHelper({ ...settings, stdio });
  givePlan(helper, { ...settings, stdio });
  const { stdin, stdout } = helper.process;
  if (stdin === null || stdout === null) throw new Error("a piped stream is missing");
  stdin.on("error", () => undefined); // a helper that went away: how it ended is what counts
  return { stdin, stdout, ended: helper.ended, kill: () => void helper.process.kill("SIGKILL") };
}

function helperMissing(error: unknown, helperPath: string): EngineError {
  return new EngineError(
    "helperMissing",
    `cannot start the native helper "${helperPath}": ${errnoOf(error) ?? String(error)}`,
    {
      hint: 'build it with "npm run build"',
      cause: error,
    },
  );
}
