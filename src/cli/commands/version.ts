import type { Engine } from "../../engine.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, helpFlag, inspectFormatFlag } from "../flags/sharedFlags.ts";
import { formatVersion } from "../render/versionText.ts";

export const versionCommand = defineCommand<FormatDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [inspectFormatFlag, helpFlag],
  begin: () => ({}),
  execute: async ({ draft: { format = "" }, openEngine }): Promise<Outcome> => {
    const report = await (await openEngine()).version();
    if (format === "") return { output: formatVersion(report) };
    const { formatDocument } = await import("../render/document.ts");
    return { output: formatDocument(report, format) };
  },
});

/** The line of `brig --version`. */
export async function shortVersion(engine: Engine): Promise<string> {
  const { Version, GitCommit } = (await engine.version()).Client;
  return `brig version ${Version}${GitCommit === "" ? "" : `, build ${GitCommit}`}\n`;
}
