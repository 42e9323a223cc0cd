import type { DiskUsage } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatList } from "../render/listFormat.ts";
import { usageList, usageRows, usageTables } from "../render/usageRows.ts";

interface DiskUsageDraft extends FormatDraft {
  verbose?: boolean;
}

export const systemDfCommand = defineCommand<DiskUsageDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [
    formatFlag,
    helpFlag,
    {
      long: "verbose",
      short: "v",
      text: "show each image, container and volume",
      read: switchInto<DiskUsageDraft>("verbose"),
    },
  ],
  begin: () => ({}),
  execute: async ({ draft: { format, verbose = false }, context, openEngine }): Promise<Outcome> => {
    const usage = await (await openEngine()).diskUsage();
    if (!verbose) return { output: await formatList(usageRows(usage), usageList, format) };
    return { output: await formatEach(usage, context.now(), format) };
  },
});

/** Docker's tables one below the other, or one document with all of them for `--format`. */
async function formatEach(usage: DiskUsage, now: Date, format = "table"): Promise<string> {
  const tables = usageTables(usage, now);
  if (format.trim() === "table") {
    const texts = tables.map(async ({ title, shape, rows }) => `${title}\n\n${await formatList(rows, shape)}`);
    return (await Promise.all(texts)).join("\n");
  }
  const { formatDocument } = await import("../render/document.ts");
  return formatDocument(
    Object.fromEntries(tables.map(({ member, rows }) => [member, rows.map((row) => Object.fromEntries(row))])),
    format.trim(),
  );
}
