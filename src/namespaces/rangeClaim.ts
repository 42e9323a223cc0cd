import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  claimEnd,
  EngineError,
  isMarkAlive,
  listNames,
  ownProcessMark,
  readReservation,
  removeFile,
  removeStaleReservation,
  reserve,
} from "../base/index.ts";

export interface CellClaim {
  /** `idranges` of a data root. */
  readonly directory: string;
  /** The first of its ids. */
  readonly cell: number;
}

/** Between two attempts, and for how long: who has a claim keeps it for a few system calls. */
const [pauseMs, patienceMs] = [2, 10_000];

/**
 * Runs `change` while nobody else may change who has these 65,536 ids and who shares them. The claim is a link of its own
 * beside the reservation, to the mark of its process; one whose process was killed is taken away.
 *
 * @throws EngineError `busy` when another process keeps it for ten seconds.
 */
export async function withCellClaim<Result>(claim: CellClaim, change: () => Result): Promise<Result> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const done = tryCellClaim(claim, change);
    if (done !== undefined) return done.result;
    if (performance.now() > deadline) {
      throw new EngineError("busy", `cannot change who has the ids from ${claim.cell} on: another brig is about to`, {
        hint: `the first number of this is its process: readlink ${claimPath(claim)}`,
      });
    }
    await delay(pauseMs / 2 + Math.random() * pauseMs);
  }
}

/** The same in one attempt; undefined when another process has the claim. */
export function tryCellClaim<Result>(claim: CellClaim, change: () => Result): { readonly result: Result } | undefined {
  const path = claimPath(claim);
  if (!reserve(path, ownProcessMark()) && !(removeDeadClaim(path) && reserve(path, ownProcessMark()))) return undefined;
  try {
    return { result: change() };
  } finally {
    removeFile(path);
  }
}

function claimPath({ directory, cell }: CellClaim): string {
  return join(directory, `${cell}${claimEnd}`);
}

/** Takes away what killed processes left claimed. */
export function removeDeadClaims(directory: string): void {
  for (const name of listNames(directory)) if (/^\d+\.claim$/.test(name)) removeDeadClaim(join(directory, name));
}

/** Whether the next attempt may have it. */
function removeDeadClaim(path: string): boolean {
  const claimer = readReservation(path);
  if (claimer === undefined) return true;
  if (isMarkAlive(claimer)) return false;
  removeStaleReservation(path, claimer);
  return readReservation(path) === undefined;
}
