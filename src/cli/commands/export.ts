import { EngineError, writeOutputFile } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, textInto } from "../flags/sharedFlags.ts";

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
    if (output === "" && context.stdout.isTty) {
      throw new EngineError("invalidValue", "cowardly refusing to save to a terminal. Use the -o flag or redirect");
    }
    const archive = (await openEngine()).exportContainer(nameOrId);
    if (output !== "") await writeOutputFile(output, archive, context.cwd);
    else for await (const bytes of archive) await context.stdout.pour(bytes);
    return {};
  },
});
