import type { ContainerJournal } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, textInto } from "../flags/sharedFlags.ts";
import { journalMarkdown, journalTable } from "../render/journalText.ts";
import { forEachArgument } from "./eachArgument.ts";

export const explainCommand = defineCommand<FormatDraft>({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  arguments: { atLeast: 1 },
  flags: [
    {
      long: "format",
      value: "string",
      text: "table, json, markdown or a Go template",
      fallback: "table",
      read: textInto<FormatDraft>("format"),
    },
    helpFlag,
  ],
  begin: () => ({}),
  execute: async ({ draft: { format = "table" }, args, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    return forEachArgument(args, async (name) => show(await engine.startJournal(name), format));
  },
});

async function show(journal: ContainerJournal, format: string): Promise<string> {
  if (format === "table") return journalTable(journal);
  if (format === "markdown") return journalMarkdown(journal);
  const { formatDocument } = await import("../render/document.ts");
  return formatDocument(journal, format);
}
