import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Help } from "../flags/flag.ts";
import { helpFlag } from "../flags/sharedFlags.ts";
import { sanitizeLine } from "../render/sanitize.ts";

const letters = { added: "A", changed: "C", deleted: "D" } as const;

export const diffCommand = defineCommand<Help>({
  usage: "CONTAINER",
  arguments: { exactly: 1 },
  flags: [helpFlag],
  begin: () => ({}),
  execute: async ({ args: [nameOrId = ""], openEngine }): Promise<Outcome> => {
    const changes = await (await openEngine()).diff(nameOrId);
    const lines = changes.map(({ kind, path }) => `${letters[kind]} ${Buffer.from(path, "latin1").toString("utf8")}`);
    return { output: lines.map((line) => `${sanitizeLine(line)}\n`).join("") };
  },
});
