import { spawnHelper } from "../base/index.ts";

export interface MeasureRequest {
  readonly helperPath: string;
  /** Absolute paths of directories in directories of the engine's own. */
  readonly paths: readonly string[];
}

/** One answer of the helper is small; so many are far below what is read of its output. */
const batch = 256;

/**
 * The bytes of the files below each directory, in the order of the paths, without following a symbolic link or crossing
 * a mount (native/trees.c); a file with several hard links counts once. What is not there, or vanishes meanwhile, counts
 * nothing.
 *
 * @throws EngineError `helperMissing`.
 */
export async function measureTrees({ helperPath, paths }: MeasureRequest): Promise<readonly number[]> {
  const sizes: number[] = [];
  for (let first = 0; first < paths.length; first += batch) {
    const some = paths.slice(first, first + batch);
    const helper = spawnHelper(helperPath, [{ op: "measure", fields: { path: some } }]);
    helper.stdin.end();
    const { records } = await helper.ended;
    sizes.push(...some.map((_, index) => Number(records[index]?.fields.get("bytes") ?? 0)));
  }
  return sizes;
}
