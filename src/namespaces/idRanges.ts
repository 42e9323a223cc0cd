import { renameSync } from "node:fs";
import { join } from "node:path";
import {
  claimEnd,
  EngineError,
  foldText,
  isMarkAlive,
  listNames,
  makeDirectory,
  ownProcessMark,
  readReservation,
  removeFile,
  reserve,
} from "../base/index.ts";
import { builtInPools, type IdPool, idsPerRange } from "./idPools.ts";

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
export function reserveIdRange(request: IdRangeRequest): IdRange {
  const { root, containerId, size = idsPerRange, pools = builtInPools } = request;
  const directory = rangeDirectory(root);
  makeDirectory(directory);
  const cells = countCells(pools);
  const foreign = foreignCells(directory, pools);
  const start = foldText(containerId) % Math.max(1, cells);
  for (let step = 0; step < cells; step += 1) {
    const range = rangeAt(pools, (start + step) % cells, size);
    if (range === undefined || crosses(range, foreign)) continue;
    if (reserveRun(request, range)) return range;
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

function reservedCells(directory: string): readonly number[] {
  return listNames(directory)
    .filter((name) => /^\d{1,10}$/.test(name))
    .map(Number);
}

/** All cells of the range or none. */
function reserveRun({ root, containerId, isAlive }: IdRangeRequest, range: IdRange): boolean {
  const directory = rangeDirectory(root);
  const made: number[] = [];
  for (const cell of cellsOfRange(range)) {
    const owner = readOwner(directory, cell);
    const isFree = owner === undefined && reserve(cellPath(directory, cell), containerId);
    if (isFree) made.push(cell);
    if (isFree || owner === containerId) continue;
    const isAbandoned = owner !== undefined && !isAlive(owner) && sharersOf({ directory, cell, isAlive }).length === 0;
    if (isAbandoned && takeOver({ directory, cell, owner, containerId })) {
      made.push(cell);
      continue;
    }
    for (const mine of made) releaseCell({ directory, cell: mine, owner: containerId });
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
 * @throws EngineError `busy` while the range is given back or taken over.
 */
export function shareIdRange({ root, range, containerId }: SharedRange): void {
  const directory = rangeDirectory(root);
  for (const cell of cellsOfRange(range)) {
    const owner = readOwner(directory, cell);
    const note = () => reserve(sharePath(directory, cell, containerId), containerId);
    if (owner !== undefined && claim({ directory, cell, owner }, note)) continue;
    releaseIdRange(root, containerId, range);
    throw new EngineError("busy", `cannot share the ids from ${range.firstId} on: their container is being removed`, {
      hint: "try again with a container that stays",
    });
  }
}

/**
 * Gives a container's range back, or its share of one. Idempotent; a range that meanwhile belongs to another container
 * stays, and one that others share goes to one of them.
 */
export function releaseIdRange(root: string, containerId: string, range: IdRange): void {
  const directory = rangeDirectory(root);
  for (const cell of cellsOfRange(range)) {
    removeFile(sharePath(directory, cell, containerId));
    releaseCell({ directory, cell, owner: containerId });
  }
}

function releaseCell({ directory, cell, owner }: Reservation): void {
  claim({ directory, cell, owner }, () => {
    const [heir] = sharersOf({ directory, cell, isAlive: (holder) => holder !== owner });
    if (heir === undefined) removeFile(cellPath(directory, cell));
    else replaceOwner({ directory, cell, containerId: heir });
  });
}

/**
 * Gives back whatever was reserved for a container of which nobody knows what was, also when somebody was killed while
 * doing that. Idempotent.
 */
export function releaseIdRangesOf(root: string, containerId: string): void {
  const directory = rangeDirectory(root);
  const names = listNames(directory);
  for (const name of names.filter((other) => other.endsWith(endOfClaim(containerId)))) {
    const claimer = readReservation(join(directory, name));
    if (claimer !== undefined && !isMarkAlive(claimer)) removeFile(join(directory, name));
  }
  for (const name of names.filter((other) => other.endsWith(endOfShare(containerId))))
    removeFile(join(directory, name));
  for (const cell of reservedCells(directory)) {
    if (readOwner(directory, cell) === containerId) releaseCell({ directory, cell, owner: containerId });
  }
}

interface Reservation {
  readonly directory: string;
  readonly cell: number;
  readonly owner: string;
}

/**
 * Runs `change` while nobody else may change this reservation of this owner, and only if it still is the owner's.
 * The claim is a link of its own, to the mark of its process. Were it left behind by a crash, these ids would stay
 * unused until somebody takes up the removal of the owner again; nothing else happens.
 */
function claim({ directory, cell, owner }: Reservation, change: () => void): boolean {
  const path = join(directory, `${cell}${endOfClaim(owner)}`);
  if (!reserve(path, ownProcessMark())) return false;
  try {
    if (readOwner(directory, cell) !== owner) return false;
    change();
    return true;
  } finally {
    removeFile(path);
  }
}

function endOfClaim(owner: string): string {
  return `.${owner.slice(0, 64)}${claimEnd}`;
}

/** How the notes of those that share a range end; before it stands who. */
export const shareEnd = ".shared";

function endOfShare(containerId: string): string {
  return `.${containerId.slice(0, 64)}${shareEnd}`;
}

function sharePath(directory: string, cell: number, containerId: string): string {
  return join(directory, `${cell}${endOfShare(containerId)}`);
}

interface Cell {
  readonly directory: string;
  readonly cell: number;
  readonly isAlive: IdRangeRequest["isAlive"];
}

function sharersOf({ directory, cell, isAlive }: Cell): readonly string[] {
  const names = listNames(directory).filter((name) => name.startsWith(`${cell}.`) && name.endsWith(shareEnd));
  return names.flatMap((name) => readReservation(join(directory, name)) ?? []).filter(isAlive);
}

interface NewOwner {
  readonly directory: string;
  readonly cell: number;
  readonly containerId: string;
}

function takeOver({ owner, ...next }: NewOwner & Pick<Reservation, "owner">): boolean {
  return claim({ ...next, owner }, () => replaceOwner(next));
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
