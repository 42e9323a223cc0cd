import type { ContainerJournal } from "../../container/index.ts";
import { type Language, loadMessages, loadReasons } from "../../messages/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, textInto } from "../flags/sharedFlags.ts";
import { languageOf } from "../globalFlags.ts";
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
  execute: async ({ draft: { format = "table" }, args, context, globals, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    const language = languageOf(globals, context);
    return forEachArgument(args, async (name) => show(await engine.startJournal(name), { format, language }));
  },
});

async function show(
  journal: ContainerJournal,
  { format, language }: { readonly format: string; readonly language: Language },
): Promise<string> {
  if (format === "table" || format === "markdown") {
    const words = await loadMessages("journal", language);
    const spoken = { words, say: await loadReasons(language) };
    return format === "table" ? journalTable(journal, spoken) : journalMarkdown(journal, spoken);
  }
  const { formatDocument } = await import("../render/document.ts");
  return formatDocument(journal, format);
}
