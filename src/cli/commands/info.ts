import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag } from "../flags/sharedFlags.ts";
import { formatSummary, formatWarnings } from "../render/hostText.ts";

export const infoCommand = defineCommand<FormatDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [inspectFormatFlag, helpFlag],
  begin: () => ({}),
  execute: async ({ draft: { format = "" }, context, openEngine }): Promise<Outcome> => {
    const summary = await (await openEngine()).info();
    if (format !== "") {
      const { formatDocument } = await import("../render/document.ts");
      return { output: formatDocument(summary, format) };
    }
    context.stdout.write(formatSummary(summary));
    context.stderr.write(formatWarnings(summary));
    return {};
  },
});
