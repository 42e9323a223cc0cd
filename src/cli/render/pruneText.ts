import { formatDecimalSize } from "../../base/index.ts";
import type { Pruned, PruneVerdict } from "../../container/index.ts";
import type { PrunedImages } from "../../image/index.ts";
import type { ListRow, ListShape } from "./listFormat.ts";
import { sanitizeLine } from "./sanitize.ts";

/** `Deleted Containers:` and what was removed, a line each, as Docker's prune commands end; nothing for nothing. */
export function formatDeleted(what: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return `Deleted ${what}:\n${lines.map((line) => `${sanitizeLine(line)}\n`).join("")}\n`;
}

export function formatReclaimed(bytes: number): string {
  return `Total reclaimed space: ${formatDecimalSize(bytes)}\n`;
}

export function formatPruned(what: string, { removed, reclaimedBytes }: Pruned): string {
  return formatDeleted(what, removed) + formatReclaimed(reclaimedBytes);
}

/** Names, ids and layers in Docker's order. */
export function formatDeletedImages({ images, layers }: PrunedImages): string {
  return formatDeleted("Images", [
    ...images.flatMap(({ untagged, deleted }) => [
      ...untagged.map((name) => `untagged: ${name}`),
      ...deleted.map((id) => `deleted: ${id}`),
    ]),
    ...layers.map(({ diffId }) => `deleted: ${diffId}`),
  ]);
}

/** What a prune would do with each thing, and why. */
export const verdictList: ListShape = {
  headings: new Map([
    ["Kind", "KIND"],
    ["Object", "OBJECT"],
    ["Names", "NAMES"],
    ["Size", "SIZE"],
    ["Verdict", "VERDICT"],
    ["Reason", "WHY"],
  ]),
  columns: ["Kind", "Object", "Names", "Size", "Verdict", "Reason"],
};

/** Ids and digests by their first twelve digits unless a document is asked for. */
export function verdictRow({ kind, object, names, bytes, goes, reason }: PruneVerdict, full: boolean): ListRow {
  const shown = full ? object : object.replace(/^(?:sha\d+:)?([0-9a-f]{12})[0-9a-f]{52,}$/, "$1");
  return new Map([
    ["Kind", kind],
    ["Object", shown],
    ["Names", names.join(",")],
    ["Size", formatDecimalSize(bytes)],
    ["Verdict", goes ? "goes" : "stays"],
    ["Reason", reason],
  ]);
}
