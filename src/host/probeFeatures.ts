import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError, readFileIfExists, writeFileAtomic } from "../base/index.ts";
import type { CgroupFacts, HostPaths } from "./hostFacts.ts";
import { checkFeatures, type FeatureMap, parseFeatures } from "./kernelFeatures.ts";

export interface FeatureRequest {
  readonly paths: HostPaths;
  readonly bootId: string;
  readonly cgroup: CgroupFacts;
  readonly effectiveUid: number;
}

/**
 * What the kernel answered to the helper's experiments on the data root's file system. The first call of a boot starts
 * the helper once (about 20 ms); later calls read `<runRoot>/host.json`, whose key names the boot, the device of the data
 * root and the helper's build, so that it can never be stale. Returns undefined for a caller who is not root and
 * when there is no helper.
 *
 * `host.json` is written by this function only, replaced atomically; a damaged one is made anew.
 */
export function probeFeatures(request: FeatureRequest): FeatureMap | undefined {
  const helper = statSync(request.paths.helperPath, { throwIfNoEntry: false });
  if (helper === undefined || request.effectiveUid !== 0) return undefined;
  const directory = nearestDirectory(request.paths.dataRoot);
  const key = `${request.bootId} ${statSync(directory).dev} ${helper.mtimeMs} ${request.cgroup.mountPoint ?? "-"}`;
  const cache = join(request.paths.runRoot, "host.json");
  const cached = readCache(cache, key);
  if (cached !== undefined) return cached;
  const features = runExperiments(request, directory);
  mkdirSync(request.paths.runRoot, { recursive: true, mode: 0o700 });
  writeFileAtomic(cache, `${JSON.stringify({ key, features }, undefined, 2)}\n`);
  return features;
}

function readCache(path: string, key: string): FeatureMap | undefined {
  const text = readFileIfExists(path);
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

function runExperiments(request: FeatureRequest, directory: string): FeatureMap {
  const { helperPath } = request.paths;
  const result = spawnSync(helperPath, ["probe", directory, request.cgroup.mountPoint ?? "-"], {
    env: {},
    timeout: 10_000,
    maxBuffer: 1 << 16,
  });
  if (result.status === 0) return parseFeatures(result.stdout);
  const reason =
    result.error?.message ?? (result.stderr?.toString().trim() || `status ${result.status ?? result.signal}`);
  throw new EngineError("helperMissing", `cannot probe the kernel with "${helperPath}": ${reason}`, {
    hint: "build the helper again with: npm run setup",
    cause: result.error,
  });
}

/** The data root, or the lowest directory above it that exists: both lie on the same file system once it is made. */
function nearestDirectory(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestDirectory(dirname(path));
}
