import { EngineError } from "../../base/index.ts";
import type { ImageSummary } from "../../image/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { hasLabel, type ListFilter, parseFilter, passesFilters } from "../flags/filter.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import {
  formatImageId,
  type ImageName,
  imageList,
  imageListWithDigests,
  imageRow,
  namesOfImage,
} from "../render/imageRows.ts";
import { formatList } from "../render/listFormat.ts";

interface ImagesDraft extends FormatDraft {
  all?: boolean;
  digests?: boolean;
  noTrunc?: boolean;
  quiet?: boolean;
  readonly filters: ListFilter[];
}

const knownFilters = ["dangling", "label", "reference"];

const flags: readonly Flag<ImagesDraft>[] = [
  {
    long: "all",
    short: "a",
    text: "show intermediate images too; brig makes none",
    read: switchInto<ImagesDraft>("all"),
  },
  { long: "digests", text: "show digests", read: switchInto<ImagesDraft>("digests") },
  {
    long: "filter",
    short: "f",
    value: "filter",
    repeatable: true,
    text: "show only what fits (dangling=true, label=KEY[=VALUE], reference=PATTERN)",
    read: (draft, text) => {
      draft.filters.push(parseFilter(text, knownFilters));
    },
  },
  formatFlag,
  helpFlag,
  { long: "no-trunc", text: "show whole ids", read: switchInto<ImagesDraft>("noTrunc") },
  { long: "quiet", short: "q", text: "show only ids", read: switchInto<ImagesDraft>("quiet") },
  { long: "tree", text: "show the variants of each image", unsupported: "brig keeps one variant of each image" },
];

interface ListedImage {
  readonly image: ImageSummary;
  readonly name: ImageName;
}

export const imagesCommand = defineCommand<ImagesDraft>({
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  arguments: { atMost: 1 },
  flags,
  begin: () => ({ filters: [] }),
  execute: async ({ draft, args, context, openEngine }): Promise<Outcome> => {
    const images = await (await openEngine()).images();
    const patterns: ListFilter[] = args[0] === undefined ? [] : [{ name: "reference", value: args[0] }];
    const listed = images.flatMap((image) => namesOfImage(image).map((name): ListedImage => ({ image, name })));
    const shown = listed.filter((entry) => passesFilters([...draft.filters, ...patterns], (one) => holds(one, entry)));
    const full = draft.noTrunc === true;
    if (draft.quiet === true && draft.format === undefined) {
      return { output: shown.map(({ image }) => `${formatImageId(image.id, full)}\n`).join("") };
    }
    const rows = shown.map(({ image, name }) => imageRow(image, name, { now: context.now(), full }));
    return { output: await formatList(rows, draft.digests === true ? imageListWithDigests : imageList, draft.format) };
  },
});

function holds({ name, value }: ListFilter, { image, name: listed }: ListedImage): boolean {
  switch (name) {
    case "dangling":
      return parseSwitch(value) === (image.repoTags.length === 0 && image.repoDigests.length === 0);
    case "label":
      return hasLabel(image.labels, value);
    default:
      return fitsReference(listed, value);
  }
}

function parseSwitch(value: string): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new EngineError("invalidValue", `invalid filter 'dangling=${value}'`, {
    hint: "write dangling=true or dangling=false",
  });
}

/** A repository, a repository with a tag, or either with `*` and `?`. */
function fitsReference({ repository, tag }: ImageName, pattern: string): boolean {
  return fitsPattern(`${repository}:${tag}`, pattern) || fitsPattern(repository, pattern);
}

/** Glob without backtracking beyond the last star (path.Match of Go, where a star stops at a slash). */
function fitsPattern(text: string, pattern: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  let next = 0;
  while (at < text.length) {
    const wanted = pattern[next];
    if (wanted === "*") {
      star = next;
      resume = at;
      next += 1;
    } else if (wanted === text[at] || (wanted === "?" && text[at] !== "/")) {
      next += 1;
      at += 1;
    } else if (star !== -1 && text[resume] !== "/") {
      resume += 1;
      at = resume;
      next = star + 1;
    } else return false;
  }
  return [...pattern.slice(next)].every((rest) => rest === "*");
}
