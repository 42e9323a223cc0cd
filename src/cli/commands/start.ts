import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, laterRelease } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { forEachArgument } from "./eachArgument.ts";

const flags: readonly Flag<Help>[] = [
  { long: "attach", short: "a", text: "attach stdout, stderr and signals", unsupported: laterRelease },
  { long: "detach-keys", value: "string", text: "keys that detach the terminal", unsupported: laterRelease },
  helpFlag,
  { long: "interactive", short: "i", text: "attach stdin", unsupported: laterRelease },
];

export const startCommand = defineCommand<Help>({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arguments: { atLeast: 1 },
  runsPayload: true,
  flags,
  begin: () => ({}),
  execute: async ({ args, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    return forEachArgument(args, async (nameOrId) => {
      await engine.start(nameOrId);
      return `${sanitizeLine(nameOrId)}\n`;
    });
  },
});
