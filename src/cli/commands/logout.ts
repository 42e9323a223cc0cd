import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";

export const logoutCommand = defineCommand<Help>({
  usage: "[SERVER]",
  arguments: { atMost: 1 },
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ args: [name], openEngine }): Promise<Outcome> => {
    const { server, wasLoggedIn } = await (await openEngine()).logout(name);
    return { output: wasLoggedIn ? `Removing login credentials for ${server}\n` : `Not logged in to ${server}\n` };
  },
});
