import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { findSystemProgram, isExecutable, readFileIfExists } from "../base/index.ts";
import type { HostFacts } from "./hostFacts.ts";

/** What `doctor` looks at beyond the facts that every command gathers. */
export interface Observations {
  readonly helper: "executable" | "not executable" | "missing";
  /** Absolute paths of the programs that the network needs; absent when not installed. */
  readonly tools: { readonly nft?: string; readonly ip?: string };
  readonly dataRoot: {
    readonly exists: boolean;
    readonly fileSystem: string;
    readonly freeBytes: number;
    readonly freeFiles: number;
  };
  /** undefined when the kernel has no inotify. */
  readonly inotifyInstances: number | undefined;
  readonly inotifyWatches: number | undefined;
  /** Milliseconds since 1970. */
  readonly clockMs: number;
  /** When the helper was built, which the clock cannot be before. */
  readonly helperBuiltMs: number;
}

/** statfs(2), "f_type"; those that a data root is likely to lie on. */
const fileSystems: Readonly<Record<number, string>> = {
  61267: "ext4",
  1481003842: "xfs",
  2435016766: "btrfs",
  4076150800: "f2fs",
  801189825: "zfs",
  2035054128: "overlay",
  16914836: "tmpfs",
  26985: "nfs",
  1702057286: "fuse",
  12648430: "hostfs",
};

/** Reads what the checks of `doctor` need. Makes and starts nothing. */
export function observeHost({ paths }: Pick<HostFacts, "paths">): Observations {
  const helper = statSync(paths.helperPath, { throwIfNoEntry: false });
  return {
    helper: helper === undefined ? "missing" : isExecutable(paths.helperPath) ? "executable" : "not executable",
    tools: { ...tool("nft"), ...tool("ip") },
    dataRoot: observeDataRoot(paths.dataRoot),
    inotifyInstances: numberAt("/proc/sys/fs/inotify/max_user_instances"),
    inotifyWatches: numberAt("/proc/sys/fs/inotify/max_user_watches"),
    clockMs: Date.now(),
    helperBuiltMs: helper?.mtimeMs ?? 0,
  };
}

function observeDataRoot(dataRoot: string): Observations["dataRoot"] {
  let directory = dataRoot;
  while (!existsSync(directory) && directory !== dirname(directory)) directory = dirname(directory);
  const { type, bavail, bsize, files, ffree } = statfsSync(directory);
  return {
    exists: directory === dataRoot,
    fileSystem: fileSystems[type] ?? `type 0x${type.toString(16)}`,
    freeBytes: bavail * bsize,
    freeFiles: files === 0 ? Infinity : ffree, // btrfs counts no files
  };
}

function tool<Name extends "nft" | "ip">(name: Name): { readonly [Key in Name]?: string } {
  const path = findSystemProgram(name);
  // The computed key is the one that the type names.
  return path === undefined ? {} : ({ [name]: path } as { [Key in Name]: string });
}

function numberAt(path: string): number | undefined {
  const text = readFileIfExists(path);
  return text === undefined ? undefined : Number(text);
}
