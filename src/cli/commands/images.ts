import { imageFilterNames } from "../../image/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { type ListFilter, parseFilter } from "../flags/filter.ts";
import type { Flag } from "../flags/flag.ts";
import { type FormatDraft, formatFlag, helpFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatImageId, imageList, imageListWithDigests, imageRow, namesOfImage } from "../render/imageRows.ts";
import { formatList } from "../render/listFormat.ts";

interface ImagesDraft extends FormatDraft {
  all?: boolean;
  digests?: boolean;
  noTrunc?: boolean;
  quiet?: boolean;
  readonly filters: ListFilter[];
}

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
    text: "show only what fits (before=IMAGE, dangling=true, label=KEY[=VALUE], reference=PATTERN, since=IMAGE, until=TIME)",
    read: (draft, text) => {
      draft.filters.push(parseFilter(text, imageFilterNames));
    },
  },
  formatFlag,
  helpFlag,
  { long: "no-trunc", text: "show whole ids", read: switchInto<ImagesDraft>("noTrunc") },
  { long: "quiet", short: "q", text: "show only ids", read: switchInto<ImagesDraft>("quiet") },
  { long: "tree", text: "show the variants of each image", unsupported: "brig keeps one variant of each image" },
];

export const imagesCommand = defineCommand<ImagesDraft>({
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  arguments: { atMost: 1 },
  flags,
  begin: () => ({ filters: [] }),
  execute: async ({ draft, args, context, openEngine }): Promise<Outcome> => {
    const patterns: ListFilter[] = args[0] === undefined ? [] : [{ name: "reference", value: args[0] }];
    const images = await (await openEngine()).images([...draft.filters, ...patterns]);
    const shown = images.flatMap((image) => namesOfImage(image).map((name) => ({ image, name })));
    const full = draft.noTrunc === true;
    if (draft.quiet === true && draft.format === undefined) {
      return { output: shown.map(({ image }) => `${formatImageId(image.id, full)}\n`).join("") };
    }
    const rows = shown.map(({ image, name }) => imageRow(image, name, { now: context.now(), full }));
    return { output: await formatList(rows, draft.digests === true ? imageListWithDigests : imageList, draft.format) };
  },
});
