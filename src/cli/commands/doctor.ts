import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type FormatDraft, formatFlag, helpFlag } from "../flags/sharedFlags.ts";
import { formatChecks } from "../render/hostText.ts";

/** Ends with 1 when something is missing that every container needs. */
export const doctorCommand = defineCommand<FormatDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [{ ...formatFlag, text: '"json" or a Go template for each check' }, helpFlag],
  begin: () => ({}),
  execute: async ({ draft: { format = "" }, openEngine }): Promise<Outcome> => {
    const checks = await (await openEngine()).doctor();
    const exitStatus = checks.some(({ status }) => status === "fail") ? 1 : 0;
    if (format === "" || format === "table") return { output: formatChecks(checks), exitStatus };
    const { formatDocument } = await import("../render/document.ts");
    return { output: checks.map((check) => formatDocument(check, format)).join(""), exitStatus };
  },
});
