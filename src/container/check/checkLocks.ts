import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { acquireLock, readFileIfExists } from "../../base/index.ts";
import type { CheckScene, Finding } from "./finding.ts";

/** Who needs one of these holds it for some milliseconds; the kernel gives the locks of dead processes back (flock(2)). */
const shortLocks = ["images/locks/index", "names/.lock"];
const patienceMs = 2000;

/** Locks that a process holds so long that every other command waits for it. */
export async function heldLocks({ root }: CheckScene): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const path of shortLocks.map((name) => join(root, name))) {
    if (!existsSync(path)) continue;
    const lock = await acquireLock(path, { mode: "exclusive", patienceMs });
    lock?.release();
    if (lock === undefined) found.push(describe(path));
  }
  return found;
}

function describe(path: string): Finding {
  const holder = lockHolder(readFileIfExists("/proc/locks") ?? "", statSync(path).ino);
  const who = holder === undefined ? "a process" : `process ${holder}`;
  return {
    object: path,
    sentence: `${who} has held the lock for more than ${patienceMs / 1000} seconds`,
    advice: holder === undefined ? "see /proc/locks" : `see what it does, or end it: kill ${holder}`,
  };
}

/** The process behind a lock on an inode, from proc_locks(5). */
export function lockHolder(locks: string, inode: number): number | undefined {
  for (const line of locks.split("\n")) {
    const match = /^\d+: FLOCK +\w+ +\w+ +(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line);
    if (match !== null && Number(match[2]) === inode) return Number(match[1]);
  }
  return undefined;
}
