import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag, switchInto } from "../flags/sharedFlags.ts";
import { languageOf } from "../globalFlags.ts";
import { comparisonText } from "../render/comparisonText.ts";

interface CompareDraft extends FormatDraft {
  all?: boolean;
}

export const compareCommand = defineCommand<CompareDraft>({
  usage: "[OPTIONS] CONTAINER CONTAINER|host",
  arguments: { exactly: 2 },
  flags: [
    { long: "all", short: "a", text: "show what is the same, too", read: switchInto<CompareDraft>("all") },
    inspectFormatFlag,
    helpFlag,
  ],
  begin: () => ({}),
  execute: async ({ draft, args: [left = "", right = ""], context, globals, openEngine }): Promise<Outcome> => {
    const { all, format } = draft;
    const compared = await (await openEngine()).compareContainers({ left, right });
    const shown = { ...compared, rows: compared.rows.filter(({ same }) => all === true || !same) };
    if (format === undefined || format === "table") {
      const language = languageOf(globals, context);
      const { loadComparisonFacts, loadMessages } = await import("../../messages/index.ts");
      const words = await loadMessages("comparison", language);
      return { output: comparisonText(shown, { words, say: await loadComparisonFacts(language) }) };
    }
    const { formatDocument } = await import("../render/document.ts");
    return { output: formatDocument(shown, format) };
  },
});
