import { defineCommand } from "../command.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";

/** Prints the names of what it started. Ends with 1 when something could not be started; the rest is, all the same. */
export const systemBootCommand = defineCommand<Help>({
  usage: "",
  arguments: { exactly: 0 },
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ openEngine }) => {
    const { started, failures } = await (await openEngine()).systemBoot();
    return { output: started.map(({ name }) => `${sanitizeLine(name)}\n`).join(""), failures };
  },
});
