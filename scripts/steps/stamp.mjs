// Stamps: a step is skipped when what it was made from has not changed since it last ended well.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A digest over names, sizes and modification times of files and of everything below directories; cheap, no reading. */
export function fingerprint(paths) {
  const hash = createHash("sha256").update(process.version);
  for (const path of paths) addPath(hash, path);
  return hash.digest("hex");
}

function addPath(hash, path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\0`);
    return;
  }
  for (const name of readdirSync(path).sort()) addPath(hash, join(path, name));
}

export function stampMatches(stampFile, value) {
  try {
    return readFileSync(stampFile, "utf8") === value;
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

/** Written last, by rename: a stamp is there only when the step it speaks of is complete. */
export function writeStamp(stampFile, value) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(`${stampFile}.${process.pid}`, value);
  renameSync(`${stampFile}.${process.pid}`, stampFile);
}
