import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { EngineError, listNames, makeDirectory, readRecord, unlessDamaged, writeRecord } from "../../base/index.ts";
import { identifyProcess, isAlive, type ProcessIdentity } from "../state/processIdentity.ts";
import { removeGroups } from "./runcGroups.ts";

const prefix = ".runc-";

/** Who compares, and which control groups were not there before: written before runc is started. */
interface ComparisonRecord {
  readonly owner: ProcessIdentity;
  readonly id: string;
  readonly groups: readonly string[];
}

const recordOf = (directory: string) => join(directory, "comparison.json");

/** An empty directory for one comparison with runc. The caller removes it. */
export function makeComparisonDirectory(runRoot: string): string {
  makeDirectory(runRoot);
  return mkdtempSync(join(runRoot, prefix));
}

interface AnnouncedGroups extends Omit<ComparisonRecord, "owner"> {
  readonly pid: number;
}

/** Keeps on disk what runc is about to make, so that `system check` can take it away when the caller, `pid`, is killed. */
export function recordGroups(directory: string, { pid, id, groups }: AnnouncedGroups): void {
  const owner = identifyProcess(pid);
  if (owner === undefined) throw new Error(`there is no process ${pid}`);
  const record: ComparisonRecord = { owner, id, groups };
  writeRecord(recordOf(directory), record, { durable: false });
}

/** The directories of comparisons whose process is gone. */
export function abandonedComparisons(runRoot: string): readonly string[] {
  return [...listNames(runRoot)]
    .filter((name) => name.startsWith(prefix))
    .sort()
    .map((name) => join(runRoot, name))
    .filter((directory) => {
      const owner = readComparison(directory)?.owner;
      return owner === undefined || !isAlive(owner);
    });
}

/**
 * Removes the control groups that a comparison has made, and its directory. Idempotent.
 *
 * @throws EngineError `wrongState` while the container's own group still has a process: the kernel ends those of a killed
 * comparison, which takes a moment.
 */
export function removeComparison(directory: string): void {
  const { id = "", groups = [] } = readComparison(directory) ?? {};
  removeGroups(groups);
  const held = groups.find((group) => basename(group) === id && existsSync(group));
  if (held !== undefined) {
    throw new EngineError("wrongState", `cannot remove the control group "${held}": it still has processes`, {
      hint: 'wait a moment and run "brig system check --repair" again',
    });
  }
  rmSync(directory, { recursive: true, force: true });
}

/** Undefined when the comparison was killed before it made anything. */
function readComparison(directory: string): ComparisonRecord | undefined {
  const record = unlessDamaged(() => readRecord(recordOf(directory)));
  return record as ComparisonRecord | undefined; // written above, as a whole
}
