import { parsePlatform } from "../../image/index.ts";
import type { Platform } from "../../oci/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { historyId, historyList, historyRow } from "../render/historyRows.ts";
import { formatList } from "../render/listFormat.ts";

interface HistoryDraft extends FormatDraft {
  human?: boolean;
  noTrunc?: boolean;
  platform?: Platform;
  quiet?: boolean;
}

const flags: readonly Flag<HistoryDraft>[] = [
  formatFlag,
  helpFlag,
  {
    long: "human",
    short: "H",
    text: "print ages and rounded sizes instead of times and bytes",
    fallback: "true",
    read: switchInto<HistoryDraft>("human"),
  },
  { long: "no-trunc", text: "show whole ids and commands", read: switchInto<HistoryDraft>("noTrunc") },
  {
    long: "platform",
    value: "string",
    text: "fail unless the image is for this platform (os/arch[/variant])",
    read: (draft, text) => {
      draft.platform = parsePlatform(text);
    },
  },
  { long: "quiet", short: "q", text: "show only ids", read: switchInto<HistoryDraft>("quiet") },
];

export const historyCommand = defineCommand<HistoryDraft>({
  usage: "[OPTIONS] IMAGE",
  arguments: { exactly: 1 },
  flags,
  begin: () => ({}),
  execute: async ({ draft, args: [reference = ""], context, openEngine }): Promise<Outcome> => {
    const { human = true, noTrunc: full = false, quiet = false, format, platform } = draft;
    const items = await (await openEngine()).imageHistory(reference, platform);
    if (quiet && format === undefined) return { output: items.map((item) => `${historyId(item, full)}\n`).join("") };
    const rows = items.map((item) => historyRow(item, { now: context.now(), human, full }));
    return { output: await formatList(rows, historyList, format) };
  },
});
