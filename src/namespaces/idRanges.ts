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

/** The ids of one container: `size` of them on the host from `firstId` on, for users and groups alike. */
export interface IdRange {
  readonly slot: number;
  readonly firstId: number;
  readonly size: number;
}

/** Enough for every id that a distribution gives to a user, and for nobody (65534). */
export const idsPerRange = 65536;

/** Above the ids of people, of systemd's dynamic users and containers, and below 2^31, where some tools see -1. */
const lowestId = 0x2000_0000;
const slotCount = 16384;

export interface IdRangeRequest {
  /** The data root; reservations are made below its `idranges`. */
  readonly root: string;
  readonly containerId: string;
  /** Whether a container exists. The caller's own must exist already, or another caller may take its range. */
  readonly isAlive: (containerId: string) => boolean;
}

/**
 * Reserves a range for a container, once in its life; the caller keeps it in the container's record and gives it back
 * with `releaseIdRange` when the container is removed. No lock: a reservation is a symbolic link `idranges/<slot>` to
 * the container's id, which symlink(2) makes only when it does not exist. The search starts at a hash of the id. A
 * reservation of a container that no longer exists is taken over.
 *
 * @throws EngineError `busy` when all ranges are taken.
 */
export function reserveIdRange({ root, containerId, isAlive }: IdRangeRequest): IdRange {
  const directory = rangeDirectory(root);
  makeDirectory(directory);
  const first = startSlot(containerId);
  for (let step = 0; step < slotCount; step += 1) {
    const slot = (first + step) % slotCount;
    const owner = readOwner(directory, slot);
    if (owner === containerId) return rangeOf(slot);
    if (owner === undefined && reserve(slotPath(directory, slot), containerId)) return rangeOf(slot);
    if (owner !== undefined && !isAlive(owner) && takeOver({ directory, slot, owner, containerId }))
      return rangeOf(slot);
  }
  throw new EngineError("busy", `cannot reserve user ids: all ${slotCount} ranges are in use`, {
    hint: 'remove containers, or run with "--userns=host"',
  });
}

/** Gives a container's range back. Idempotent; a range that meanwhile belongs to another container stays. */
export function releaseIdRange(root: string, containerId: string, range: IdRange): void {
  const directory = rangeDirectory(root);
  claim({ directory, slot: range.slot, owner: containerId }, () => {
    removeFile(slotPath(directory, range.slot));
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
  for (const slot of names.filter((name) => /^\d+$/.test(name)).map(Number)) {
    if (readOwner(directory, slot) === containerId) releaseIdRange(root, containerId, rangeOf(slot));
  }
}

interface Reservation {
  readonly directory: string;
  readonly slot: number;
  readonly owner: string;
}

/**
 * Runs `change` while nobody else may change this reservation of this owner, and only if it still is the owner's.
 * The claim is a link of its own, to the mark of its process. Were it left behind by a crash, this slot would stay
 * unused until somebody takes up the removal of the owner again; nothing else happens.
 */
function claim({ directory, slot, owner }: Reservation, change: () => void): boolean {
  const path = join(directory, `${slot}${endOfClaim(owner)}`);
  if (!reserve(path, ownProcessMark())) return false;
  try {
    if (readOwner(directory, slot) !== owner) return false;
    change();
    return true;
  } finally {
    removeFile(path);
  }
}

function endOfClaim(owner: string): string {
  return `.${owner.slice(0, 64)}${claimEnd}`;
}

function takeOver({ containerId, ...reservation }: Reservation & { readonly containerId: string }): boolean {
  const { directory, slot } = reservation;
  return claim(reservation, () => {
    const fresh = join(directory, `${slot}.${containerId.slice(0, 64)}.new`);
    removeFile(fresh);
    reserve(fresh, containerId);
    renameSync(fresh, slotPath(directory, slot));
  });
}

function rangeOf(slot: number): IdRange {
  return { slot, firstId: lowestId + slot * idsPerRange, size: idsPerRange };
}

function startSlot(containerId: string): number {
  return foldText(containerId) % slotCount;
}

function rangeDirectory(root: string): string {
  return join(root, "idranges");
}

function slotPath(directory: string, slot: number): string {
  return join(directory, String(slot));
}

function readOwner(directory: string, slot: number): string | undefined {
  return readReservation(slotPath(directory, slot));
}
