import { readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import {
  EngineError,
  errnoOf,
  fileSystemError,
  readFileIfExists,
  removeFile,
  writeFileAtomic,
} from "../../base/index.ts";
import { bootUnitName, unitMark } from "./bootUnit.ts";

/** What became of a file in systemd's directory. */
export interface UnitChange {
  readonly path: string;
  readonly change: "written" | "unchanged" | "removed" | "absent";
}

/**
 * Writes the unit durably into a directory of systemd's. Idempotent.
 *
 * @throws EngineError `wrongState` when somebody else's unit has the name, `fileSystem`.
 */
export function installUnit(directory: string, text: string): UnitChange {
  const path = join(directory, bootUnitName);
  const present = readOwn(path);
  if (present === text) return { path, change: "unchanged" };
  writeFileAtomic(path, text, { mode: 0o644, durable: true });
  return { path, change: "written" };
}

/**
 * Takes the unit away, and the link by which it was enabled. Idempotent.
 *
 * @throws EngineError as `installUnit`.
 */
export function uninstallUnit(directory: string): UnitChange {
  const path = join(directory, bootUnitName);
  const link = join(directory, "multi-user.target.wants", bootUnitName);
  const isThere = readOwn(path) !== undefined;
  try {
    if (leadsToUnit(link)) removeFile(link);
    removeFile(path);
  } catch (error) {
    throw fileSystemError(error, "remove", path);
  }
  return { path, change: isThere ? "removed" : "absent" };
}

/** The unit that `install-units` wrote; a masked unit is a link to /dev/null, which reads as empty (systemctl(1), "mask"). */
function readOwn(path: string): string | undefined {
  const text = readFileIfExists(path);
  if (text === undefined || text.startsWith(`${unitMark}\n`)) return text;
  throw new EngineError("wrongState", `cannot replace or remove "${path}": it is not a unit that brig wrote`, {
    hint: `look at it with: systemctl cat ${bootUnitName}; if it is masked, use: systemctl unmask ${bootUnitName}`,
  });
}

function leadsToUnit(link: string): boolean {
  try {
    return basename(readlinkSync(link)) === bootUnitName;
  } catch (error) {
    // Not enabled, or enabled by something that is not ours to take away.
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "EINVAL") return false;
    throw error;
  }
}
