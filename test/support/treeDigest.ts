import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * Everything that can be seen of a small tree, one line a path: type, mode, owner, links, times (the change time too,
 * which no program can set), target and content. Two equal lists mean that nobody touched anything in between.
 */
export function digestTree(root: string): readonly string[] {
  return [line(root, "."), ...below(root, "")];
}

function below(root: string, directory: string): string[] {
  return readdirSync(join(root, directory))
    .sort()
    .flatMap((name) => {
      const path = join(directory, name);
      const isDirectory = lstatSync(join(root, path)).isDirectory();
      return [line(root, path), ...(isDirectory ? below(root, path) : [])];
    });
}

function line(root: string, path: string): string {
  const full = join(root, path);
  const { mode, uid, gid, nlink, ino, rdev, mtimeNs, ctimeNs } = lstatSync(full, { bigint: true });
  const type = Number(mode) & 0o170000;
  const content = type === 0o100000 ? createHash("sha256").update(readFileSync(full)).digest("hex") : "";
  const target = type === 0o120000 ? readlinkSync(full) : "";
  return [path, mode.toString(8), uid, gid, nlink, ino, rdev, mtimeNs, ctimeNs, target, content].join(" ");
}
