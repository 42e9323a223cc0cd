import { formatDecimalSize } from "../../base/index.ts";
import type { HistoryItem } from "../../image/index.ts";
import { formatAge } from "./age.ts";
import { cutText } from "./cutText.ts";
import { formatImageId } from "./imageRows.ts";
import type { ListRow, ListShape } from "./listFormat.ts";

export const historyList: ListShape = {
  headings: new Map([
    ["Comment", "COMMENT"],
    ["CreatedAt", "CREATED AT"],
    ["CreatedBy", "CREATED BY"],
    ["CreatedSince", "CREATED"],
    ["ID", "IMAGE"],
    ["Size", "SIZE"],
  ]),
  columns: ["ID", "CreatedSince", "CreatedBy", "Size", "Comment"],
};

export interface HistoryRowStyle {
  readonly now: Date;
  /** Ages and rounded sizes instead of times and bytes. */
  readonly human: boolean;
  /** Whole ids and commands. */
  readonly full: boolean;
}

const shownCommandLength = 45;

/** The id of an image, or Docker's word for one that stayed where it was built. */
export function historyId({ id }: HistoryItem, full: boolean): string {
  return id === undefined ? "<missing>" : formatImageId(id, full);
}

/** The fields of one line of `history`. */
export function historyRow(item: HistoryItem, { now, human, full }: HistoryRowStyle): ListRow {
  const createdAt = formatInstant(item.createdMs);
  const createdBy = item.createdBy.replaceAll("\t", " ");
  return new Map([
    ["Comment", item.comment],
    ["CreatedAt", createdAt],
    ["CreatedBy", full ? createdBy : cutText(createdBy, shownCommandLength)],
    ["CreatedSince", human ? formatAge(item.createdMs, now) : createdAt],
    ["ID", historyId(item, full)],
    ["Size", human ? formatDecimalSize(item.sizeBytes) : String(item.sizeBytes)],
  ]);
}

/** RFC 3339, to the second. */
function formatInstant(timeMs: number | undefined): string {
  return timeMs === undefined ? "N/A" : `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
