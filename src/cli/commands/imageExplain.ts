import type { ImageExplanation } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag, switchInto } from "../flags/sharedFlags.ts";
import { pathText } from "../render/fileName.ts";
import { formatExplanation } from "../render/imageExplanationText.ts";

interface ExplainDraft extends FormatDraft {
  noTrunc?: boolean;
}

export const imageExplainCommand = defineCommand<ExplainDraft>({
  usage: "[OPTIONS] IMAGE",
  arguments: { exactly: 1 },
  flags: [
    inspectFormatFlag,
    helpFlag,
    {
      long: "no-trunc",
      text: "show every file and whole lines of the history",
      read: switchInto<ExplainDraft>("noTrunc"),
    },
  ],
  begin: () => ({}),
  execute: async ({ draft: { format, noTrunc = false }, args: [reference = ""], openEngine }): Promise<Outcome> => {
    const explanation = await (await openEngine()).explainImage(reference);
    if (format === undefined || format === "table")
      return { output: formatExplanation(explanation, { full: noTrunc }) };
    const { formatDocument } = await import("../render/document.ts");
    return { output: formatDocument(withTextPaths(explanation), format) };
  },
});

/** Documents hold text: names that are not UTF-8 get its replacement characters. */
function withTextPaths(explanation: ImageExplanation) {
  const steps = explanation.steps.map(({ layer, ...step }) => {
    if (layer === undefined) return step;
    const changes = layer.changes.map((change) => ({ ...change, path: pathText(`/${change.path}`) }));
    return { ...step, layer: { ...layer, changes } };
  });
  return { ...explanation, steps };
}
