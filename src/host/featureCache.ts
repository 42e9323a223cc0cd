import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { readFileIfExists, writeFileAtomic } from "../base/index.ts";
import type { HostFacts, HostPaths } from "./hostFacts.ts";
import { checkFeatures, type FeatureMap } from "./kernelFeatures.ts";

type Known = Pick<HostFacts, "bootId" | "cgroup" | "paths">;

/**
 * What the kernel has answered in this boot, on this file system, to this helper: the key of `<runRoot>/host.json` names
 * all of it, so the answers can never be stale. Undefined when nobody has asked yet or the file is damaged.
 */
export function readFeatureCache(known: Known): FeatureMap | undefined {
  const key = cacheKey(known);
  const text = key === undefined ? undefined : readFileIfExists(cachePath(known.paths));
  if (text === undefined) return undefined;
  try {
    const cache: unknown = JSON.parse(text);
    if (typeof cache !== "object" || cache === null || !("key" in cache) || !("features" in cache)) return undefined;
    return cache.key === key ? checkFeatures(cache.features) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Keeps the answers for the rest of the boot. */
export function writeFeatureCache(known: Known, features: FeatureMap): void {
  const key = cacheKey(known);
  if (key === undefined) return;
  mkdirSync(known.paths.runRoot, { recursive: true, mode: 0o700 });
  writeFileAtomic(cachePath(known.paths), `${JSON.stringify({ key, features }, undefined, 2)}\n`);
}

function cachePath({ runRoot }: HostPaths): string {
  return join(runRoot, "host.json");
}

function cacheKey({ bootId, cgroup, paths }: Known): string | undefined {
  const helper = statSync(paths.helperPath, { throwIfNoEntry: false });
  if (helper === undefined) return undefined;
  const { dev } = statSync(nearestDirectory(paths.dataRoot));
  return `${bootId} ${dev} ${helper.mtimeMs} ${cgroup.mountPoint ?? "-"}`;
}

/** The data root, or the lowest directory above it that exists: both lie on the same file system once it is made. */
export function nearestDirectory(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestDirectory(dirname(path));
}
