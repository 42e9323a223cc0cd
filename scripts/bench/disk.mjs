// A file system of the bench's own, fresh each time: what a used one does with inodes that were deleted a moment ago can
// take longer than what is measured (ext4 without a journal looks at every one of them before it makes a file).
import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runQuiet, StepFailure } from "../steps/command.mjs";
import { projectRoot } from "../steps/project.mjs";
import { benchDirectory } from "./root.mjs";

const size = 30 * 1024 ** 3;
const options = ["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"];

/** Where a clone lies is nobody's business. */
const shown = (path) => path.replace(`${projectRoot}/`, "");

/**
 * `directory` is its top; `note` says what it is. The file that holds it is below `below`: one in memory takes the disk out
 * of the comparison. The caller ends with `close`.
 */
export function openDisk(below = benchDirectory) {
  const [image, directory] = [join(below, "brig-bench-disk.img"), join(benchDirectory, "disk")];
  mkdirSync(directory, { recursive: true });
  writeFileSync(image, "");
  truncateSync(image, size);
  const forget = () => {
    rmSync(image, { force: true });
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    runQuiet("mkfs.ext4", [...options, image]);
    runQuiet("mount", ["-o", "loop", image, directory]);
  } catch (error) {
    forget();
    if (!(error instanceof StepFailure)) throw error;
    mkdirSync(directory);
    return {
      directory,
      note: `On the file system of "${shown(benchDirectory)}", for want of a loop device.`,
      close: forget,
    };
  }
  const close = () => {
    runQuiet("umount", [directory]);
    forget();
  };
  return { directory, note: `On a fresh ext4 with a journal, in a file below "${shown(below)}".`, close };
}
