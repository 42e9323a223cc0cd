import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestRoot } from "./brig.ts";

/** The process that stays with a running container, from the record that it writes. */
export function monitorOf(root: TestRoot, id: string): number {
  const record: unknown = JSON.parse(readFileSync(join(root.runRoot, "containers", id, "monitor.json"), "utf8"));
  if (typeof record === "object" && record !== null && "pid" in record && typeof record.pid === "number") {
    return record.pid;
  }
  throw new Error(`monitor.json of ${id} names no process`);
}

/** What belongs to no other process: `Private_*` of smaps_rollup, in KiB (proc_pid_smaps(5)). */
export function privateMemoryKib(pid: number): number {
  const lines = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").matchAll(/^Private_\w+:\s+(\d+) kB$/gm);
  return [...lines].reduce((sum, [, size]) => sum + Number(size), 0);
}
