import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { formatTable } from "../render/columns.ts";
import { sanitizeLine } from "../render/sanitize.ts";

/** As wide as a column of Docker's `top` is at least. */
const narrowest = 20;

export const topCommand = defineCommand<Help>({
  usage: "CONTAINER [ps OPTIONS]",
  arguments: { atLeast: 1 },
  stopsAtArgument: true,
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ args, openEngine }): Promise<Outcome> => {
    const [container = "", ...psOptions] = args;
    const { titles, processes } = await (await openEngine()).top({ container, psOptions });
    return { output: formatTable([titles, ...processes.map((cells) => cells.map(sanitizeLine))], narrowest) };
  },
});
