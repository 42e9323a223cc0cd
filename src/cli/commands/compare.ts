import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag, switchInto } from "../flags/sharedFlags.ts";
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
  execute: async ({ draft: { all, format }, args: [left = "", right = ""], openEngine }): Promise<Outcome> => {
    const compared = await (await openEngine()).compareContainers({ left, right });
    const shown = { ...compared, rows: compared.rows.filter(({ same }) => all === true || !same) };
    if (format === undefined || format === "table") return { output: comparisonText(shown) };
    const { formatDocument } = await import("../render/document.ts");
    return { output: formatDocument(shown, format) };
  },
});
