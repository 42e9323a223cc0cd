import { EngineError } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { type SpanDraft, spanFlags } from "../flags/timeFlags.ts";
import { interruptedStatus } from "../interruption.ts";

interface LogsDraft extends SpanDraft {
  details?: boolean;
  follow?: boolean;
  timestamps?: boolean;
  tail?: number;
}

const [sinceFlag, untilFlag] = spanFlags("lines");

const flags: readonly Flag<LogsDraft>[] = [
  {
    long: "details",
    text: "show the labels and variables that the log keeps",
    read: switchInto<LogsDraft>("details"),
  },
  { long: "follow", short: "f", text: "wait for what is written later", read: switchInto<LogsDraft>("follow") },
  helpFlag,
  sinceFlag,
  {
    long: "tail",
    short: "n",
    value: "string",
    text: "show only so many lines from the end",
    fallback: "all",
    read: (draft, text) => {
      draft.tail = parseTail(text);
    },
  },
  {
    long: "timestamps",
    short: "t",
    text: "show when each line was written",
    read: switchInto<LogsDraft>("timestamps"),
  },
  untilFlag,
];

export const logsCommand = defineCommand<LogsDraft>({
  usage: "[OPTIONS] CONTAINER",
  arguments: { exactly: 1 },
  flags,
  begin: ({ now }) => ({ now }),
  execute: async ({ draft, args: [nameOrId = ""], context, openEngine }): Promise<Outcome> => {
    const { now: _, help: __, tail, ...choice } = draft;
    const limit = tail === undefined || tail < 0 ? {} : { tail };
    const engine = await openEngine();
    for await (const { stream, bytes } of engine.logs({ ...choice, ...limit, nameOrId, signal: context.signal })) {
      await context[stream].pour(bytes);
    }
    return interruptedStatus(context);
  },
});

/** Negative, as for `all`: no limit. */
function parseTail(text: string): number {
  if (text === "all") return -1;
  const count = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count)) return count;
  throw new EngineError("invalidValue", `invalid value for "tail": ${JSON.stringify(text.slice(0, 80))}`, {
    hint: 'write a number of lines, or "all"',
  });
}
