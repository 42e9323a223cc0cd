import { EngineError } from "../../base/index.ts";
import type { CommandContext } from "../context.ts";
import { WrongUsage } from "../grammar/wrongUsage.ts";
import { originalStack } from "./originalStack.ts";
import { sanitizeLine, sanitizeLines } from "./sanitize.ts";

/** How to report a failure. */
export interface FailureReport {
  readonly context: Pick<CommandContext, "stderr">;
  /** Failures of the engine end with 125, since lower statuses belong to the payload. */
  readonly runsPayload: boolean;
  /** Show causes and where they were thrown. */
  readonly debug: boolean;
}

/** Writes what went wrong to stderr, with a hint when there is one, and returns the status to exit with. */
export function reportFailure(error: unknown, { context: { stderr }, runsPayload, debug }: FailureReport): number {
  const quiet = error instanceof EngineError && error.details.quiet === true;
  if (!quiet) stderr.write(describe(error));
  if (debug && error instanceof Error) stderr.write(`${sanitizeLines(describeCauses(error))}\n`);
  return exitStatusOf(error, runsPayload);
}

/** 125 for the engine's own failures around a payload, 126 and 127 for a payload that cannot be executed. */
function exitStatusOf(error: unknown, runsPayload: boolean): number {
  if (error instanceof WrongUsage) return error.exitStatus;
  if (!(error instanceof EngineError)) return runsPayload ? 125 : 1;
  const { exitStatus } = error.details;
  if (typeof exitStatus === "number") return exitStatus;
  const ownStatus = error.exitStatus > 125;
  return runsPayload && !ownStatus ? 125 : error.exitStatus;
}

function describe(error: unknown): string {
  if (error instanceof WrongUsage) return describeUsage(error);
  if (error instanceof EngineError) return `brig: ${sanitizeLine(error.message)}\n${describeHint(error.hint)}`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return (
    `brig: internal error: ${sanitizeLines(originalStack(stack))}\n` +
    "hint: this is a bug of brig; please report it together with the command line and the lines above\n"
  );
}

/** Flag mistakes begin with the sentence itself, mistakes about arguments and commands with the program's name. */
function describeUsage({ message, usage, command, hint, exitStatus }: WrongUsage): string {
  const prefix = exitStatus === 125 ? "" : "brig: ";
  const paragraphs = [
    `${prefix}${sanitizeLine(message)}\n${describeHint(hint)}`,
    ...(usage === undefined ? [] : [`Usage:  ${usage}\n`]),
    `Run '${command} --help' for more information\n`,
  ];
  return paragraphs.join("\n");
}

function describeHint(hint: string | undefined): string {
  return hint === undefined ? "" : `hint: ${sanitizeLine(hint)}\n`;
}

function describeCauses(error: Error): string {
  const stacks: string[] = [];
  for (let at: unknown = error; at instanceof Error && stacks.length < 8; at = at.cause)
    stacks.push(originalStack(at.stack ?? at.message));
  return stacks.join("\ncaused by: ");
}
