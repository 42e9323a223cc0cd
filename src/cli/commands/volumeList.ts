import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type ListFilter, parseFilter } from "../flags/filter.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatList } from "../render/listFormat.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import { volumeList, volumeRow } from "../render/volumeRows.ts";

interface VolumeListDraft extends FormatDraft {
  quiet?: boolean;
  readonly filters: ListFilter[];
}

const knownFilters = ["dangling", "driver", "label", "name"];

const flags: readonly Flag<VolumeListDraft>[] = [
  { long: "cluster", text: "show volumes of a cluster", unsupported: "brig has no clusters" },
  {
    long: "filter",
    short: "f",
    value: "filter",
    repeatable: true,
    text: "show only what fits (dangling=true, driver=, label=KEY[=VALUE], name=)",
    read: (draft, text) => {
      draft.filters.push(parseFilter(text, knownFilters));
    },
  },
  formatFlag,
  helpFlag,
  { long: "quiet", short: "q", text: "show only names", read: switchInto<VolumeListDraft>("quiet") },
];

export const volumeListCommand = defineCommand<VolumeListDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags,
  begin: () => ({ filters: [] }),
  execute: async ({ draft, openEngine }): Promise<Outcome> => {
    const volumes = await (await openEngine()).volumes(draft.filters);
    if (draft.quiet === true && draft.format === undefined) {
      return { output: volumes.map(({ Name }) => `${sanitizeLine(Name)}\n`).join("") };
    }
    return { output: await formatList(volumes.map(volumeRow), volumeList, draft.format) };
  },
});
