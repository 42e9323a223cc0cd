import { linkSync, lstatSync, readlinkSync, symlinkSync } from "node:fs";
import { errnoOf, fileSystemError } from "./errors.ts";
import { removeFile } from "./removePath.ts";

/**
 * Reserves `path` for `holder`, without a lock: a reservation is a symbolic link whose target is its holder, and
 * symlink(2) makes one only where there is nothing. False when the path is taken, by whomever. The directory must exist;
 * `removeFile` gives the reservation back.
 */
export function reserve(path: string, holder: string): boolean {
  try {
    symlinkSync(holder, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw fileSystemError(error, "make", path);
  }
}

/**
 * The same for a holder who has a reservation already, `like`: the two share one inode (link(2) follows no symbolic link).
 * Where a disk has to find a block for each symbolic link, as ext4 does for one longer than 59 bytes, a second name costs a
 * twentieth of a second link.
 */
export function reserveLike(like: string, path: string, holder: string): boolean {
  try {
    linkSync(like, path);
    return true;
  } catch (error) {
    // Whatever a file system has against it (EMLINK, EPERM), or somebody who took `like` away: a link of its own will do.
    return errnoOf(error) === "EEXIST" ? false : reserve(path, holder);
  }
}

/** The holder of a reservation; undefined when nobody has it. */
export function readReservation(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "read", path);
  }
}

const claimLifeMs = 10_000;

/** What the name of a claim ends in: it stands beside its reservation for as long as a stale one is taken away. */
export const claimEnd = ".claim";

/**
 * Takes a reservation away whose holder is gone: while nobody else may, and only if it still is that holder's. A claim
 * outlives its maker only by a crash, and is taken away when it is older than ten seconds.
 */
export function removeStaleReservation(path: string, holder: string): void {
  const claim = `${path}${claimEnd}`;
  if (!reserve(claim, holder)) {
    const age = Date.now() - (lstatSync(claim, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > claimLifeMs) removeFile(claim);
    return;
  }
  try {
    if (readReservation(path) === holder) removeFile(path);
  } finally {
    removeFile(claim);
  }
}
