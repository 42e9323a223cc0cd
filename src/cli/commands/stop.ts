import { parseSignal } from "../../container/index.ts";
import type { Engine } from "../../engine.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { parseInteger } from "../flags/numbers.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument, manyAtOnce } from "./eachArgument.ts";

interface StopDraft extends Help {
  signal?: string;
  timeoutSec?: number;
}

const flags: readonly Flag<StopDraft>[] = [
  helpFlag,
  {
    long: "signal",
    short: "s",
    value: "string",
    text: "signal to send to the container",
    read: (draft, text) => {
      draft.signal = parseSignal(text);
    },
  },
  {
    long: "timeout",
    short: "t",
    value: "int",
    text: "seconds to wait before it is ended by force; -1 waits for ever",
    read: (draft, text) => {
      draft.timeoutSec = parseInteger(text);
    },
  },
  {
    long: "time",
    value: "int",
    text: "as --timeout",
    hidden: true,
    read: (draft, text) => {
      draft.timeoutSec = parseInteger(text);
    },
  },
];

type Verb = (engine: Engine) => Engine["stop"];

/** `stop` and `restart` take the same words. */
function defineStop(verb: Verb) {
  return defineCommand<StopDraft>({
    usage: "[OPTIONS] CONTAINER [CONTAINER...]",
    arguments: { atLeast: 1 },
    flags,
    begin: () => ({}),
    execute: async ({ draft, args, context, openEngine }): Promise<Outcome> => {
      const end = verb(await openEngine());
      return forEachArgument(
        args,
        async (nameOrId) => {
          await end({ nameOrId, ...stopWords(draft), onNotice: (notice) => warn(context, `${nameOrId}: ${notice}`) });
          return `${sanitizeLine(nameOrId)}\n`;
        },
        manyAtOnce,
      );
    },
  });
}

function stopWords({ signal, timeoutSec }: StopDraft): { readonly signal?: string; readonly timeoutSec?: number } {
  return { ...(signal === undefined ? {} : { signal }), ...(timeoutSec === undefined ? {} : { timeoutSec }) };
}

function warn({ stderr }: CommandContext, notice: string): void {
  stderr.write(`WARNING: ${sanitizeLine(notice)}\n`);
}

export const stopCommand = defineStop((engine) => engine.stop);
export const restartCommand = defineStop((engine) => engine.restart);
