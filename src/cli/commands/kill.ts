import { parseSignal } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument, manyAtOnce } from "./eachArgument.ts";

interface KillDraft extends Help {
  signal?: string;
}

const flags: readonly Flag<KillDraft>[] = [
  helpFlag,
  {
    long: "signal",
    short: "s",
    value: "string",
    text: "signal to send to the container",
    fallback: "SIGKILL",
    read: (draft, text) => {
      draft.signal = parseSignal(text);
    },
  },
];

export const killCommand = defineCommand<KillDraft>({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arguments: { atLeast: 1 },
  flags,
  begin: () => ({}),
  execute: async ({ draft: { signal = "SIGKILL" }, args, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    return forEachArgument(
      args,
      async (nameOrId) => {
        await engine.kill({ nameOrId, signal });
        return `${sanitizeLine(nameOrId)}\n`;
      },
      manyAtOnce,
    );
  },
});
