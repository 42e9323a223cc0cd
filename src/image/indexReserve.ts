import { existsSync, rmSync } from "node:fs";
import { EngineError, writeFileAtomic } from "../base/index.ts";
import { type IndexEntry, writeIndex } from "./storeIndex.ts";
import type { StoreLayout } from "./storeLayout.ts";

/** Room for an index of some four hundred names, and for what else a removal writes. */
const reserveBytes = 256 << 10;

/**
 * Keeps room on the disk for the next `writeShorterIndex`, unless it is there. A disk that has none to keep is no failure: it is
 * asked again at the next change.
 */
export function keepReserve(layout: StoreLayout): void {
  if (existsSync(layout.reserve)) return;
  try {
    // Written, because a file of holes keeps nothing.
    writeFileAtomic(layout.reserve, Buffer.alloc(reserveBytes), { durable: true });
  } catch (error) {
    if (!isNoSpace(error)) throw error;
  }
}

/**
 * As `writeIndex`, for an index that has lost entries: on a disk without room it takes the room of the reserve. The index is
 * replaced by a whole new one, so without it nobody could remove an image from a full disk.
 */
export function writeShorterIndex(layout: StoreLayout, entries: readonly IndexEntry[]): void {
  try {
    writeIndex(layout, entries);
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    rmSync(layout.reserve, { force: true });
    writeIndex(layout, entries);
  }
}

function isNoSpace(error: unknown): boolean {
  return error instanceof EngineError && error.code === "noSpace";
}
