import { shortId } from "../../base/index.ts";
import type { CreatedContainer } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { hasLabel, type ListFilter, parseFilter, passesFilters } from "../flags/filter.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, laterRelease, switchInto } from "../flags/sharedFlags.ts";
import { containerList, containerRow } from "../render/containerRows.ts";
import { formatList } from "../render/listFormat.ts";

interface PsDraft extends FormatDraft {
  all?: boolean;
  noTrunc?: boolean;
  quiet?: boolean;
  readonly filters: ListFilter[];
}

const knownFilters = ["id", "label", "name", "status"];

const flags: readonly Flag<PsDraft>[] = [
  { long: "all", short: "a", text: "show containers that are not running too", read: switchInto<PsDraft>("all") },
  {
    long: "filter",
    short: "f",
    value: "filter",
    repeatable: true,
    text: "show only what fits (id=, label=KEY[=VALUE], name=, status=)",
    read: (draft, text) => {
      draft.filters.push(parseFilter(text, knownFilters));
    },
  },
  formatFlag,
  helpFlag,
  { long: "last", short: "n", value: "int", text: "show the containers made last", unsupported: laterRelease },
  { long: "latest", short: "l", text: "show the container made last", unsupported: laterRelease },
  { long: "no-trunc", text: "show whole ids and commands", read: switchInto<PsDraft>("noTrunc") },
  { long: "quiet", short: "q", text: "show only ids", read: switchInto<PsDraft>("quiet") },
  { long: "size", short: "s", text: "show sizes", unsupported: laterRelease },
];

export const psCommand = defineCommand<PsDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags,
  begin: () => ({ filters: [] }),
  execute: async ({ draft, context, openEngine }): Promise<Outcome> => {
    // A filter by status asks for containers in that state, running or not.
    const all = draft.all === true || draft.filters.some(({ name }) => name === "status");
    const containers = await (await openEngine()).containers({ all });
    const shown = containers.filter((container) => passesFilters(draft.filters, (filter) => holds(filter, container)));
    const full = draft.noTrunc === true;
    if (draft.quiet === true && draft.format === undefined) {
      return { output: shown.map(({ id }) => `${full ? id : shortId(id)}\n`).join("") };
    }
    const rows = shown.map((container) => containerRow(container, { now: context.now(), full }));
    return { output: await formatList(rows, containerList, draft.format) };
  },
});

function holds({ name, value }: ListFilter, container: CreatedContainer): boolean {
  if (name === "id") return container.id.startsWith(value);
  if (name === "name") return container.name.includes(value);
  if (name === "status") return container.status === value;
  return hasLabel(container.labels, value);
}
