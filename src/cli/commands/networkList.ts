import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type ListFilter, parseFilter } from "../flags/filter.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatList } from "../render/listFormat.ts";
import { networkList, networkRow } from "../render/networkRows.ts";
import { sanitizeLine } from "../render/sanitize.ts";

interface NetworkListDraft extends FormatDraft {
  quiet?: boolean;
  noTrunc?: boolean;
  readonly filters: ListFilter[];
}

const knownFilters = ["dangling", "driver", "id", "label", "name", "scope", "type"];

const flags: readonly Flag<NetworkListDraft>[] = [
  {
    long: "filter",
    short: "f",
    value: "filter",
    repeatable: true,
    text: "show only what fits (driver=, id=, label=KEY[=VALUE], name=, type=custom|builtin, dangling=true)",
    read: (draft, text) => {
      draft.filters.push(parseFilter(text, knownFilters));
    },
  },
  formatFlag,
  helpFlag,
  { long: "no-trunc", text: "show whole ids", read: switchInto<NetworkListDraft>("noTrunc") },
  { long: "quiet", short: "q", text: "show only ids", read: switchInto<NetworkListDraft>("quiet") },
];

export const networkListCommand = defineCommand<NetworkListDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags,
  begin: () => ({ filters: [] }),
  execute: async ({ draft, context, openEngine }): Promise<Outcome> => {
    const engine = await openEngine();
    const networks = await engine.networks(draft.filters);
    for (const name of await engine.damagedNetworks()) {
      const line = `the record of the network ${name} is damaged: brig network rm --force ${name} removes it`;
      context.stderr.write(`WARNING: ${sanitizeLine(line)}\n`);
    }
    const ids = draft.noTrunc === true ? "whole" : "short";
    if (draft.quiet === true && draft.format === undefined) {
      return { output: networks.map(({ Id }) => `${ids === "whole" ? Id : Id.slice(0, 12)}\n`).join("") };
    }
    return {
      output: await formatList(
        networks.map((network) => networkRow(network, ids)),
        networkList,
        draft.format,
      ),
    };
  },
});
