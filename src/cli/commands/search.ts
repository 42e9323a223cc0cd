import { EngineError } from "../../base/index.ts";
import type { FoundRepository } from "../../image/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type ListFilter, parseFilter } from "../flags/filter.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatList } from "../render/listFormat.ts";
import { searchList, searchRow } from "../render/searchRows.ts";

interface SearchDraft extends FormatDraft {
  readonly filters: ListFilter[];
  limit: number;
  noTrunc?: boolean;
}

const knownFilters = ["is-automated", "is-official", "stars"];
const defaultLimit = 25;
const largestLimit = 100;

const flags: readonly Flag<SearchDraft>[] = [
  {
    long: "filter",
    short: "f",
    value: "filter",
    repeatable: true,
    text: "show only what fits (is-official=true|false, is-automated=true|false, stars=NUMBER)",
    read: (draft, text) => {
      draft.filters.push(checkFilter(parseFilter(text, knownFilters)));
    },
  },
  formatFlag,
  helpFlag,
  {
    long: "limit",
    value: "int",
    text: "how many results at most, up to 100",
    fallback: String(defaultLimit),
    read: (draft, text) => {
      draft.limit = parseLimit(text);
    },
  },
  { long: "no-trunc", text: "show whole descriptions", read: switchInto<SearchDraft>("noTrunc") },
];

/** @throws EngineError `invalidValue` with Docker's sentence; 0 is the default, as with Docker. */
function parseLimit(text: string): number {
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (limit === 0) return defaultLimit;
  if (limit <= largestLimit) return limit;
  throw new EngineError("invalidValue", `Limit ${text.slice(0, 20)} is outside the range of [1, ${largestLimit}]`);
}

function checkFilter(filter: ListFilter): ListFilter {
  const { name, value } = filter;
  const isRight = name === "stars" ? /^\d{1,9}$/.test(value) : ["true", "false", "1", "0"].includes(value);
  if (isRight) return filter;
  throw new EngineError("invalidValue", `invalid filter '${name}=${value.slice(0, 40)}'`, {
    hint: name === "stars" ? "write a number" : "write true or false",
  });
}

/** All filters must hold. */
function passes(found: FoundRepository, filters: readonly ListFilter[]): boolean {
  return filters.every(({ name, value }) => {
    if (name === "stars") return found.starCount >= Number(value);
    const wanted = value === "true" || value === "1";
    return (name === "is-official" ? found.isOfficial : found.isAutomated) === wanted;
  });
}

export const searchCommand = defineCommand<SearchDraft>({
  usage: "[OPTIONS] TERM",
  arguments: { exactly: 1 },
  flags,
  begin: () => ({ filters: [], limit: defaultLimit }),
  execute: async ({ draft, args: [term = ""], context, openEngine }): Promise<Outcome> => {
    const { filters, limit, noTrunc, format } = draft;
    const found = await (await openEngine()).search({ term, limit, signal: context.signal });
    const texts = noTrunc === true ? "whole" : "short";
    const rows = found.filter((each) => passes(each, filters)).map((each) => searchRow(each, texts));
    return { output: await formatList(rows, searchList, format) };
  },
});
