import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";

export const renameCommand = defineCommand<Help>({
  usage: "CONTAINER NEW_NAME",
  arguments: { exactly: 2 },
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ args: [nameOrId = "", newName = ""], openEngine }): Promise<Outcome> => {
    await (await openEngine()).renameContainer({ nameOrId: nameOrId.trim(), newName: newName.trim() });
    return {};
  },
});
