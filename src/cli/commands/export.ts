import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, textInto } from "../flags/sharedFlags.ts";
import { writeArchive } from "./archiveOutput.ts";

interface ExportDraft extends Help {
  output?: string;
}

const flags: readonly Flag<ExportDraft>[] = [
  helpFlag,
  {
    long: "output",
    short: "o",
    value: "string",
    text: "write to a file instead of stdout",
    read: textInto<ExportDraft>("output"),
  },
];

export const exportCommand = defineCommand<ExportDraft>({
  usage: "[OPTIONS] CONTAINER",
  arguments: { exactly: 1 },
  flags,
  begin: () => ({}),
  execute: async ({ draft: { output = "" }, args: [nameOrId = ""], context, openEngine }): Promise<Outcome> => {
    await writeArchive({ archive: (await openEngine()).exportContainer(nameOrId), output }, context);
    return {};
  },
});
