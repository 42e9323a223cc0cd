import { type Dirent, lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { join, relative } from "node:path";
import { EngineError, errnoOf, fileSystemError } from "../../base/index.ts";
import type { DeviceNode } from "../../launch/index.ts";
import type { DeviceRequest } from "../runOptions.ts";

/** A device node of the host, where the container finds it, and what it may do with it. */
export interface FoundDevice extends DeviceNode {
  /** Some of `r`, `w`, `m`. */
  readonly access: string;
  readonly fileMode: number;
}

/** So many as a plan has room for. */
const maxDevices = 256;

/**
 * Finds the nodes of `--device`; a directory stands for every device below it.
 *
 * @throws EngineError `invalidValue` with Docker's sentence for a path that is no device.
 */
export function findDevices(requests: readonly DeviceRequest[]): readonly FoundDevice[] {
  return requests.flatMap((request) => {
    const { hostPath, containerPath, access } = request;
    const found = nodeAt(hostPath, containerPath, access);
    if (found !== undefined) return [found];
    const below = listDevices(hostPath).map((device) => ({
      ...device,
      containerPath: join(containerPath, relative(hostPath, device.hostPath)),
      access,
    }));
    if (below.length > 0) return below;
    throw new EngineError(
      "invalidValue",
      `error gathering device information while adding custom device "${hostPath}": not a device node`,
    );
  });
}

/** File systems of their own below /dev, and nodes that every container has anyway. */
const leftOut = new Set([
  "pts",
  "shm",
  "mqueue",
  "hugepages",
  "fd",
  "console",
  "ptmx",
  "null",
  "zero",
  "full",
  "random",
  "urandom",
  "tty",
]);

/** Every device node below a directory of the host, at most 256; symbolic links are not followed. */
export function listDevices(directory: string, depth = 4): readonly FoundDevice[] {
  const found: FoundDevice[] = [];
  for (const entry of entriesOf(directory)) {
    const path = join(directory, entry.name);
    if (directory === "/dev" && leftOut.has(entry.name)) continue;
    if (entry.isDirectory() && depth > 1) found.push(...listDevices(path, depth - 1));
    if (!entry.isCharacterDevice() && !entry.isBlockDevice()) continue;
    const node = nodeAt(path, path, "rwm");
    if (node !== undefined) found.push(node);
  }
  return found.slice(0, maxDevices);
}

function entriesOf(directory: string): readonly Dirent[] {
  try {
    return lstatSync(directory).isDirectory() ? readdirSync(directory, { withFileTypes: true }) : [];
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "EACCES") return [];
    throw fileSystemError(error, "read the directory", directory);
  }
}

function nodeAt(hostPath: string, containerPath: string, access: string): FoundDevice | undefined {
  const status = statOf(hostPath);
  const type = status.isCharacterDevice() ? "c" : status.isBlockDevice() ? "b" : undefined;
  if (type === undefined) return undefined;
  return { hostPath, containerPath, access, type, ...deviceNumbers(status.rdev), fileMode: status.mode & 0o777 };
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw fileSystemError(error, "look at the device", path);
    throw new EngineError(
      "invalidValue",
      `error gathering device information while adding custom device "${path}": no such file or directory`,
      { cause: error },
    );
  }
}

/** The layout of dev_t in the C library (makedev(3)); Node's number holds it exactly up to 53 bits. */
function deviceNumbers(device: number): { readonly major: number; readonly minor: number } {
  const wide = BigInt(device);
  return {
    major: Number(((wide >> 8n) & 0xfffn) | ((wide >> 32n) & ~0xfffn)),
    minor: Number((wide & 0xffn) | ((wide >> 12n) & ~0xffn & 0xffff_ffffn)),
  };
}
