import { EngineError } from "../../base/index.ts";
import { printable } from "../options/singleLine.ts";

/** What the user says about health checks; a member that is left out, empty or 0 is as the image has it. */
export interface HealthOptions {
  /** `["CMD", PROGRAM, ...]`, `["CMD-SHELL", TEXT]`, or `["NONE"]`: no checks, whatever the image says. */
  readonly test?: readonly string[];
  /** From the end of one check, or the start, to the next check. */
  readonly intervalNs?: number;
  /** After it a check is ended and has failed. */
  readonly timeoutNs?: number;
  /** While it lasts after a start, what fails does not count, until a check has succeeded. */
  readonly startPeriodNs?: number;
  /** In place of the interval in that period. */
  readonly startIntervalNs?: number;
  /** How many failures in a row make the container unhealthy. */
  readonly retries?: number;
  readonly onFailure?: HealthAction;
}

/** What follows when a container becomes unhealthy. */
export type HealthAction = "none" | "kill" | "restart" | "stop";

const actions: readonly HealthAction[] = ["none", "kill", "restart", "stop"];

/** @throws EngineError `invalidValue` for a word that is none of the actions. */
export function parseHealthAction(text: string): HealthAction {
  const found = actions.find((action) => action === text);
  if (found !== undefined) return found;
  throw new EngineError("invalidValue", `invalid health check action ${printable(text)}`, {
    hint: `use one of: ${actions.join(", ")}`,
  });
}

/** A text for a shell of the container; an empty one says nothing. */
export function shellTest(text: string): readonly string[] {
  return text === "" ? [] : ["CMD-SHELL", text];
}

const durations = [
  ["intervalNs", "--health-interval", "Interval"],
  ["timeoutNs", "--health-timeout", "Timeout"],
  ["startPeriodNs", "--health-start-period", "StartPeriod"],
  ["startIntervalNs", "--health-start-interval", "StartInterval"],
] as const;

/** Docker's; a probe more often than this would only measure itself. */
const leastNs = 1e6;

/**
 * Checks what a program or a parser gave.
 *
 * @throws EngineError `invalidValue` with Docker's sentences, `usage` when checks are wanted and turned off at once.
 */
export function checkHealthOptions(health: HealthOptions, off: boolean): void {
  const { test = [], retries = 0 } = health;
  const wanted = test.length > 0 || retries !== 0 || durations.some(([member]) => (health[member] ?? 0) !== 0);
  if (off && wanted) {
    throw new EngineError("usage", "--no-healthcheck conflicts with --health-* options", {
      hint: "leave out one or the other",
    });
  }
  if (test.some((word) => word.includes("\0"))) {
    throw new EngineError("invalidValue", "the command of the health check holds a NUL character");
  }
  for (const [member, flag, name] of durations) {
    const ns = health[member] ?? 0;
    if (ns < 0) throw new EngineError("invalidValue", `${flag} cannot be negative`);
    if (ns !== 0 && !(ns >= leastNs)) {
      throw new EngineError("invalidValue", `${name} in Healthcheck cannot be less than 1ms`);
    }
  }
  if (retries < 0) throw new EngineError("invalidValue", "--health-retries cannot be negative");
  if (!Number.isInteger(retries)) throw new EngineError("invalidValue", "--health-retries must be a whole number");
}
