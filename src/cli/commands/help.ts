import { defineCommand } from "../command.ts";
import { commandTable, groupTable } from "../commandTable.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { WrongUsage } from "../grammar/wrongUsage.ts";
import { commandHelp, groupHelp, rootHelp } from "../render/help.ts";

export const helpCommand = defineCommand<Help>({
  usage: "[COMMAND]",
  arguments: "any",
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ args, context }): Promise<Outcome> => {
    const words = args.join(" ");
    const columns = context.stdout.columns();
    if (words === "") return { output: rootHelp(columns) };
    if (groupTable.some(({ word }) => word === words)) return { output: groupHelp(words, columns) };
    const entry = commandTable.find((command) => command.words === words);
    if (entry === undefined) {
      throw new WrongUsage(`unknown help topic: ${words}`, { exitStatus: 1, command: "brig" });
    }
    return { output: commandHelp(entry, await entry.load(), columns) };
  },
});
