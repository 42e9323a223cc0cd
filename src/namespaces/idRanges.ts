import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import {
  EngineError,
  foldText,
  listNames,
  makeDirectory,
  readReservation,
  removeFile,
  reserve,
} from "../base/index.ts";
import { builtInPools, type IdPool, idsPerRange } from "./idPools.ts";
import { type CellClaim, removeDeadClaims, tryCellClaim, withCellClaim } from "./rangeClaim.ts";

/** The ids of one container: `size` of them on the host from `firstId` on, for users and groups alike. */
export interface IdRange {
  readonly firstId: number;
  readonly size: number;
}

export interface IdRangeRequest {
  /** The data root; reservations are made below its `idranges`. */
  readonly root: string;
  readonly containerId: string;
  /** Whether a container exists. The caller's own must exist already, or another caller may take its range. */
  readonly isAlive: (containerId: string) => boolean;
  /** How many ids; 65,536 when left out. */
  readonly size?: number;
  /** Where they are taken from; brig's own pool when left out. */
  readonly pools?: readonly IdPool[];
}

/**
 * Reserves a range for a container, once in its life; the caller keeps it in the container's record and gives it back
 * with `releaseIdRange` when the container is removed. No lock: a reservation is a symbolic link `idranges/<first id>`
 * to the container's id for every 65,536 ids, which symlink(2) makes only when it does not exist. The search starts at
 * a hash of the id. A reservation of a container that no longer exists is taken over, unless others share it.
 *
 * @throws EngineError `busy` when no range of that size is free.
 */
export async function reserveIdRange(request: IdRangeRequest): Promise<IdRange> {
  const { root, containerId, size = idsPerRange, pools = builtInPools } = request;
  const directory = rangeDirectory(root);
  makeDirectory(directory);
  const cells = countCells(pools);
  const foreign = foreignCells(directory, pools);
  const start = foldText(containerId) % Math.max(1, cells);
  for (let step = 0; step < cells; step += 1) {
    const range = rangeAt(pools, (start + step) % cells, size);
    if (range === undefined || crosses(range, foreign)) continue;
    if (await reserveRun(request, range)) return range;
  }
  throw new EngineError("busy", `cannot reserve ${size} user ids: no range of that size is free among ${cells}`, {
    hint: 'remove containers, give brig more ids in /etc/subuid and /etc/subgid, or run with "--userns=host"',
  });
}

function countCells(pools: readonly IdPool[]): number {
  return pools.reduce((sum, { size }) => sum + Math.floor(size / idsPerRange), 0);
}

/** The range that begins at the cell with this number, counted over all pools; undefined where its pool ends before it. */
function rangeAt(pools: readonly IdPool[], cell: number, size: number): IdRange | undefined {
  let before = 0;
  for (const pool of pools) {
    const count = countCells([pool]);
    const offset = (cell - before) * idsPerRange;
    if (cell < before + count) return offset + size <= pool.size ? { firstId: pool.firstId + offset, size } : undefined;
    before += count;
  }
  return undefined;
}

function isCellOf(cell: number, { firstId, size }: IdPool): boolean {
  return cell >= firstId && cell < firstId + size && (cell - firstId) % idsPerRange === 0;
}

/** Whether a cell that was reserved when the pools were others lies in it. */
function crosses(range: IdRange, foreign: readonly number[]): boolean {
  const end = range.firstId + cellsOfRange(range).length * idsPerRange;
  return foreign.some((cell) => cell + idsPerRange > range.firstId && cell < end);
}

/** Cells that were reserved when the pools were others. */
function foreignCells(directory: string, pools: readonly IdPool[]): readonly number[] {
  const [only] = pools.length === 1 ? pools : [];
  const cells: number[] = [];
  // One pass without closures: `run` comes by here, and there is a name for each container.
  for (const name of listNames(directory)) {
    const cell = Number(name);
    if (!Number.isInteger(cell)) continue; // a claim, or the note of somebody who shares a range
    const isOwn = only === undefined ? pools.some((pool) => isCellOf(cell, pool)) : isCellOf(cell, only);
    if (!isOwn) cells.push(cell);
  }
  return cells;
}

/** All cells of the range or none. */
async function reserveRun({ root, containerId, isAlive }: IdRangeRequest, range: IdRange): Promise<boolean> {
  const directory = rangeDirectory(root);
  const made: number[] = [];
  for (const cell of cellsOfRange(range)) {
    if (reserve(cellPath(directory, cell), containerId)) {
      made.push(cell);
      continue;
    }
    const owner = readOwner(directory, cell);
    if (owner === containerId) continue;
    if (owner !== undefined && takeOver({ directory, cell, containerId, isAlive })) {
      made.push(cell);
      continue;
    }
    for (const mine of made) await releaseCell({ directory, cell: mine, holder: containerId });
    return false;
  }
  return true;
}

function cellsOfRange({ firstId, size }: IdRange): readonly number[] {
  const count = Math.max(1, Math.ceil(size / idsPerRange));
  return Array.from({ length: count }, (_, index) => firstId + index * idsPerRange);
}

export interface SharedRange {
  readonly root: string;
  readonly range: IdRange;
  /** Who uses the range of another container from here on. */
  readonly containerId: string;
}

/**
 * Notes that a further container uses a range (`--userns=container:NAME`), so that it stays reserved for as long as one
 * of them exists. Ended by `releaseIdRange`.
 *
 * @throws EngineError `busy` when the range has been given back.
 */
export async function shareIdRange({ root, range, containerId }: SharedRange): Promise<void> {
  const directory = rangeDirectory(root);
  for (const cell of cellsOfRange(range)) {
    const isShared = await withCellClaim({ directory, cell }, () => {
      if (readOwner(directory, cell) === undefined) return false;
      reserve(sharePath(directory, cell, containerId), containerId);
      return true;
    });
    if (isShared) continue;
    await releaseIdRange(root, containerId, range);
    throw new EngineError("busy", `cannot share the ids from ${range.firstId} on: their container is being removed`, {
      hint: "try again with a container that stays",
    });
  }
}

/**
 * Gives a container's range back, or its share of one. Idempotent; a range that meanwhile belongs to another container
 * stays, and one that others share goes to one of them.
 */
export async function releaseIdRange(root: string, containerId: string, range: IdRange): Promise<void> {
  const directory = rangeDirectory(root);
  for (const cell of cellsOfRange(range)) await releaseCell({ directory, cell, holder: containerId });
}

interface HeldCell extends CellClaim {
  /** Whose it is, or who has a share of it. */
  readonly holder: string;
}

async function releaseCell({ directory, cell, holder }: HeldCell): Promise<void> {
  if (!existsSync(directory)) return;
  await withCellClaim({ directory, cell }, () => {
    removeFile(sharePath(directory, cell, holder));
    if (readOwner(directory, cell) !== holder) return;
    const [heir] = sharersOf({ directory, cell, isAlive: () => true });
    if (heir === undefined) removeFile(cellPath(directory, cell));
    else replaceOwner({ directory, cell, containerId: heir });
  });
}

/**
 * Gives back whatever was reserved for a container of which nobody knows what was, also when somebody was killed while
 * doing that. Idempotent.
 */
export async function releaseIdRangesOf(root: string, containerId: string): Promise<void> {
  const directory = rangeDirectory(root);
  removeDeadClaims(directory);
  const cells = listNames(directory).flatMap((name) => {
    const isShare = name.endsWith(endOfShare(containerId));
    const cell = Number(isShare ? name.slice(0, name.indexOf(".")) : name);
    if (!Number.isInteger(cell)) return [];
    return isShare || readOwner(directory, cell) === containerId ? [cell] : [];
  });
  for (const cell of cells) await releaseCell({ directory, cell, holder: containerId });
}

/** How the notes of those that share a range end; before it stands who. */
export const shareEnd = ".shared";

function endOfShare(containerId: string): string {
  return `.${containerId.slice(0, 64)}${shareEnd}`;
}

function sharePath(directory: string, cell: number, containerId: string): string {
  return join(directory, `${cell}${endOfShare(containerId)}`);
}

interface Cell extends CellClaim {
  readonly isAlive: IdRangeRequest["isAlive"];
}

function sharersOf({ directory, cell, isAlive }: Cell): readonly string[] {
  const names = listNames(directory).filter((name) => name.startsWith(`${cell}.`) && name.endsWith(shareEnd));
  return names.flatMap((name) => readReservation(join(directory, name)) ?? []).filter(isAlive);
}

type NewOwner = CellClaim & { readonly containerId: string };

/** False when there is nothing to take over (the owner or one of those that share the ids is there), or another does. */
function takeOver({ isAlive, ...next }: NewOwner & Pick<Cell, "isAlive">): boolean {
  const { directory, cell } = next;
  const isAbandoned = (): boolean => {
    const owner = readOwner(directory, cell);
    return owner !== undefined && !isAlive(owner) && sharersOf({ directory, cell, isAlive }).length === 0;
  };
  if (!isAbandoned()) return false;
  const taken = tryCellClaim({ directory, cell }, () => {
    if (!isAbandoned()) return false;
    replaceOwner(next);
    return true;
  });
  return taken?.result === true;
}

function replaceOwner({ directory, cell, containerId }: NewOwner): void {
  const fresh = join(directory, `${cell}.${containerId.slice(0, 64)}.new`);
  removeFile(fresh);
  reserve(fresh, containerId);
  renameSync(fresh, cellPath(directory, cell));
}

function rangeDirectory(root: string): string {
  return join(root, "idranges");
}

function cellPath(directory: string, cell: number): string {
  return join(directory, String(cell));
}

function readOwner(directory: string, cell: number): string | undefined {
  return readReservation(cellPath(directory, cell));
}
