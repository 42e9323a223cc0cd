import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { showPath } from "../render/fileName.ts";

const letters = { added: "A", changed: "C", deleted: "D" } as const;

export const diffCommand = defineCommand<Help>({
  usage: "CONTAINER",
  arguments: { exactly: 1 },
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ args: [nameOrId = ""], openEngine }): Promise<Outcome> => {
    const changes = await (await openEngine()).diff(nameOrId);
    const lines = changes.map(({ kind, path }) => `${letters[kind]} ${showPath(path)}\n`);
    return { output: lines.join("") };
  },
});
