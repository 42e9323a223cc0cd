import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag } from "../flags/sharedFlags.ts";
import { formatImageTrees } from "../render/imageTreeText.ts";

export const imageTreeCommand = defineCommand<FormatDraft>({
  usage: "[OPTIONS] [IMAGE]",
  arguments: { atMost: 1 },
  flags: [inspectFormatFlag, helpFlag],
  begin: () => ({}),
  execute: async ({ draft: { format }, args: [reference], openEngine }): Promise<Outcome> => {
    const trees = await (await openEngine()).imageTree(reference);
    if (format === undefined || format === "table") return { output: formatImageTrees(trees) };
    const { formatDocument } = await import("../render/document.ts");
    return { output: trees.map((tree) => formatDocument({ ...tree }, format)).join("") };
  },
});
