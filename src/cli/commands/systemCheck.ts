import type { CheckReport } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatFindings } from "../render/findings.ts";

interface CheckDraft extends FormatDraft {
  repair?: boolean;
  deep?: boolean;
}

const checkFlags: readonly Flag<CheckDraft>[] = [
  {
    long: "repair",
    text: "repair what can be repaired without touching what runs",
    read: switchInto<CheckDraft>("repair"),
  },
  {
    long: "deep",
    text: "read every blob, and compare every layer with what its blob unpacks to",
    read: switchInto<CheckDraft>("deep"),
  },
  { ...formatFlag, text: '"json" or a Go template for each finding' },
  helpFlag,
];

/** As `system check`, of networks only. */
export const networkCheckCommand = defineCommand<CheckDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: checkFlags.filter(({ long }) => long !== "deep"),
  begin: () => ({}),
  execute: async ({ draft: { repair = false, format = "" }, openEngine }) =>
    report(await (await openEngine()).systemCheck({ repair, only: "networks" }), format),
});

/** Ends with 1 when a fault is left. */
export const systemCheckCommand = defineCommand<CheckDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: checkFlags,
  begin: () => ({}),
  execute: async ({ draft: { repair = false, deep = false, format = "" }, openEngine }) =>
    report(await (await openEngine()).systemCheck({ repair, deep }), format),
});

async function report({ clean, findings }: CheckReport, format: string): Promise<Outcome> {
  const exitStatus = clean ? 0 : 1;
  if (format === "" || format === "table") return { output: formatFindings(findings), exitStatus };
  const { formatDocument } = await import("../render/document.ts");
  return { output: findings.map((finding) => formatDocument({ ...finding }, format)).join(""), exitStatus };
}
