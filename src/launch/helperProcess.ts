import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { EngineError, errnoOf } from "../base/index.ts";
import { encodePlan } from "./encodePlan.ts";
import { JournalReader, type JournalRecord } from "./journalReader.ts";
import type { LaunchPlan } from "./plan.ts";

export interface HelperSettings {
  readonly plan: Pick<LaunchPlan, "steps">;
  readonly helperPath: string;
  /** What the helper and through it the payload get as stdin, stdout and stderr. */
  readonly stdio: readonly [number | "ignore" | "pipe", number | "ignore" | "pipe", number | "ignore" | "pipe"];
  readonly onRecord: (record: JournalRecord) => void;
  /** In a session of its own, which the end of ours does not touch. */
  readonly detached?: boolean;
  readonly leaveAt?: (record: JournalRecord) => boolean;
  /** Called once with the writable side of the control socket. */
  readonly onControl?: (control: Socket) => void;
}

/** How the helper itself ended. */
export interface HelperExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Starts the helper's launch role with a plan, hands over each record of its journal and resolves when it has ended.
 * With `leaveAt` it is left alone, and goes on without us, as soon as that says so of a record; then there is no end to
 * tell. The helper gets no environment: what the payload sees is in the plan (SECURITY-BASELINE R8).
 *
 * @throws EngineError `helperMissing` when it cannot be started.
 */
export function runHelper(settings: HelperSettings): Promise<HelperExit | undefined> {
  return new Promise((resolve, reject) => {
    const onRecord = (record: JournalRecord) => {
      settings.onRecord(record);
      if (settings.leaveAt?.(record) !== true) return;
      helper.stdio[3]?.destroy();
      helper.unref();
      resolve(undefined);
    };
    const helper = spawnHelper({ ...settings, onRecord });
    helper.once("error", (error) => reject(helperMissing(error, settings.helperPath)));
    helper.once("close", (code, signal) => resolve({ code, signal }));
  });
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

/** Starts the helper's launch role with a plan that reads its stdin or writes to its stdout. */
export function startPlan(settings: Pick<HelperSettings, "plan" | "helperPath" | "onRecord">): PlanProcess {
  const helper = spawnHelper({ ...settings, stdio: ["pipe", "pipe", "ignore"] });
  const { stdin, stdout } = helper;
  if (stdin === null || stdout === null) throw new Error("a piped stream is missing");
  stdin.on("error", () => undefined); // a helper that went away: how it ended is what counts
  const ended = new Promise<HelperExit>((resolve, reject) => {
    helper.once("error", (error) => reject(helperMissing(error, settings.helperPath)));
    helper.once("close", (code, signal) => resolve({ code, signal }));
  });
  ended.catch(() => undefined); // the caller may look at it late
  return { stdin, stdout, ended, kill: () => void helper.kill("SIGKILL") };
}

function spawnHelper(settings: HelperSettings): ChildProcess {
  const { helperPath, stdio, plan, onRecord, onControl, detached = false } = settings;
  const helper = spawn(helperPath, ["launch"], { stdio: [...stdio, "pipe"], env: {}, detached });
  const reader = new JournalReader();
  const control = helper.stdio[3] as Socket | null; // "pipe" at index 3 gives a socket, or null when spawn failed
  if (control === null || control === undefined) return helper;
  control.on("data", (piece: Buffer) => {
    for (const record of reader.read(piece)) onRecord(record);
  });
  control.on("error", () => undefined); // the helper went away: how it ended is what counts
  control.write(encodePlan(plan));
  onControl?.(control);
  return helper;
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
