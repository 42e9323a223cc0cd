import { formatDecimalSize } from "../../base/index.ts";
import type { PruneForecast } from "../../container/index.ts";
import type { PrunedImages } from "../../image/index.ts";
import { type Call, defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { formatFlag, switchInto } from "../flags/sharedFlags.ts";
import { formatList } from "../render/listFormat.ts";
import { formatDeleted, formatDeletedImages, formatReclaimed, verdictList, verdictRow } from "../render/pruneText.ts";
import { agreed, type PruneDraft, pruneFlags } from "./prune.ts";

/** Of the commands that can say first what they would do. */
interface ForecastDraft extends PruneDraft {
  dryRun?: boolean;
  format?: string;
  volumes?: boolean;
}

const forecastFlags: readonly Flag<ForecastDraft>[] = [
  {
    long: "all",
    short: "a",
    text: "remove every image that no container uses, not only those without a tag",
    read: switchInto<ForecastDraft>("all"),
  },
  {
    long: "dry-run",
    text: "remove nothing: say what would go and what would stay, and why",
    read: switchInto<ForecastDraft>("dryRun"),
  },
  { ...formatFlag, text: 'of --dry-run: "table", "json" or a Go template for each line' },
];

const filterExample = "until=24h, label=KEY[=VALUE], label!=KEY";

export const pruneImagesCommand = defineCommand<ForecastDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [...forecastFlags, ...pruneFlags(["dangling", "label", "label!", "until"], filterExample)],
  begin: () => ({ filters: [] }),
  execute: async ({ draft, context, openEngine }): Promise<Outcome> => {
    const { all = false, filters } = draft;
    const request = { all, filters };
    if (draft.dryRun === true) return forecast(await (await openEngine()).forecastPruneImages(request), draft);
    const which = all ? "images without at least one container associated to them" : "dangling images";
    if (!agreed(draft, `This will remove all ${which}.`, context)) return {};
    const pruned = await (await openEngine()).pruneImages(request);
    tellPostponed(pruned, context);
    return { output: formatDeletedImages(pruned) + formatReclaimed(pruned.reclaimedBytes) };
  },
});

const volumesFlag: Flag<ForecastDraft> = {
  long: "volumes",
  text: "remove anonymous volumes that no container uses, too",
  read: switchInto<ForecastDraft>("volumes"),
};

export const pruneSystemCommand = defineCommand<ForecastDraft>({
  usage: "[OPTIONS]",
  arguments: { exactly: 0 },
  flags: [...forecastFlags, volumesFlag, ...pruneFlags(["label", "label!", "until"], filterExample)],
  begin: () => ({ filters: [] }),
  execute: pruneSystem,
});

async function pruneSystem({ draft, context, openEngine }: Call<ForecastDraft>): Promise<Outcome> {
  const { all = false, volumes = false, filters } = draft;
  const request = { all, volumes, filters };
  if (draft.dryRun === true) return forecast(await (await openEngine()).forecastPruneSystem(request), draft);
  if (!agreed(draft, systemQuestion(draft), context)) return {};
  const pruned = await (await openEngine()).pruneSystem(request);
  tellPostponed(pruned.images, context);
  return {
    output: [
      formatDeleted("Containers", pruned.containers.removed),
      formatDeleted("Networks", pruned.networks.removed),
      formatDeleted("Volumes", pruned.volumes.removed),
      formatDeletedImages(pruned.images),
      formatReclaimed(pruned.reclaimedBytes),
    ].join(""),
  };
}

/** Docker's warning without the build cache. */
function systemQuestion({ all = false, volumes = false, filters }: ForecastDraft): string {
  const what = [
    "all stopped containers",
    "all networks not used by at least one container",
    ...(volumes ? ["all anonymous volumes not used by at least one container"] : []),
    all ? "all images without at least one container associated to them" : "all dangling images",
  ];
  const limits = filters.map(({ name, value }) => `${name}=${value}`);
  const filtered = limits.length === 0 ? "" : `\n  Items to be pruned will be filtered with:\n${bullets(limits)}`;
  return `This will remove:\n${bullets(what)}${filtered}`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}\n`).join("");
}

/** What a sweep cannot take while a pull is under way, it finds the next time. */
function tellPostponed({ postponed }: PrunedImages, { stderr }: CommandContext): void {
  if (postponed) stderr.write("brig: images are being pulled: what they may share stays until the next prune\n");
}

async function forecast({ verdicts, reclaimableBytes }: PruneForecast, { format }: ForecastDraft): Promise<Outcome> {
  const full = format !== undefined && !format.trim().startsWith("table");
  const list = await formatList(
    verdicts.map((verdict) => verdictRow(verdict, full)),
    verdictList,
    format,
  );

  return { output: full ? list : `${list}\nTotal reclaimable space: ${formatDecimalSize(reclaimableBytes)}\n` };
}
