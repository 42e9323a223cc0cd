import { shortId } from "../../base/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type ListFilter, parseFilter } from "../flags/filter.ts";
import type { Flag } from "../flags/flag.ts";
import { parseInteger } from "../flags/numbers.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { containerList, containerListWithSizes, containerRow } from "../render/containerRows.ts";
import { formatList } from "../render/listFormat.ts";

interface PsDraft extends FormatDraft {
  all?: boolean;
  noTrunc?: boolean;
  quiet?: boolean;
  size?: boolean;
  last?: number;
  readonly filters: ListFilter[];
}

const knownFilters =
  "ancestor before exited expose health id is-task isolation label name network publish since status volume".split(" ");

const flags: readonly Flag<PsDraft>[] = [
  { long: "all", short: "a", text: "show containers that are not running too", read: switchInto<PsDraft>("all") },
  {
    long: "filter",
    short: "f",
    value: "filter",
    repeatable: true,
    text: "show only what fits (ancestor=IMAGE, exited=CODE, label=KEY[=VALUE], name=, status=, volume=, ...)",
    read: (draft, text) => {
      draft.filters.push(parseFilter(text, knownFilters));
    },
  },
  formatFlag,
  helpFlag,
  {
    long: "last",
    short: "n",
    value: "int",
    text: "show the containers made last, running or not",
    fallback: "-1",
    read: (draft, text) => {
      draft.last = parseInteger(text);
    },
  },
  {
    long: "latest",
    short: "l",
    text: "show the container made last, running or not",
    read: (draft, value) => {
      if (value === "true") draft.last = 1;
    },
  },
  { long: "no-trunc", text: "show whole ids and commands", read: switchInto<PsDraft>("noTrunc") },
  { long: "quiet", short: "q", text: "show only ids", read: switchInto<PsDraft>("quiet") },
  { long: "size", short: "s", text: "show how much each has written", read: switchInto<PsDraft>("size") },
];

export const psCommand = defineCommand<PsDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags,
  begin: () => ({ filters: [] }),
  execute: async ({ draft, context, openEngine }): Promise<Outcome> => {
    const { all = false, last = -1, filters, quiet = false, noTrunc: full = false, format } = draft;
    // A template that shows sizes asks for them.
    const size = draft.size === true || (format !== undefined && /\.Size\b/.test(format));
    const lastOnes = last > 0 ? { last } : {};
    const containers = await (await openEngine()).containers({ all, filters, size: size && !quiet, ...lastOnes });
    if (quiet) {
      if (format !== undefined) {
        context.stderr.write("WARNING: Ignoring custom format, because both --format and --quiet are set.\n");
      }
      return { output: containers.map(({ id }) => `${full ? id : shortId(id)}\n`).join("") };
    }
    const rows = containers.map((container) => containerRow(container, { now: context.now(), full }));
    return { output: await formatList(rows, draft.size === true ? containerListWithSizes : containerList, format) };
  },
});
