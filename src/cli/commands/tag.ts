import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";

export const tagCommand = defineCommand<Help>({
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  arguments: { exactly: 2 },
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ args: [source = "", target = ""], openEngine }): Promise<Outcome> => {
    await (await openEngine()).tagImage({ source, target });
    return {};
  },
});
