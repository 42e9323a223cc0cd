// build/failing: a second brig in which every fail point does what BRIG_FAIL says (src/base/failPoint.ts, native/helper.h).
import { copyFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runQuiet } from "./command.mjs";
import { buildProgram } from "./program.mjs";
import { failingDirectory, projectRoot } from "./project.mjs";
import { fingerprint, stampMatches, writeStamp } from "./stamp.mjs";

const active = join(projectRoot, "test/support/failPoints/active.ts");
const empty = join(projectRoot, "src/base/failPoint.ts");

/** Puts the fail points that work in the place of the empty ones. */
export const activeFailPoints = {
  name: "active-fail-points",
  setup(build) {
    build.onResolve({ filter: /\/failPoint\.ts$/ }, ({ path, resolveDir }) =>
      join(resolveDir, path) === empty ? { path: active } : undefined,
    );
  },
};

/** Builds bin/, dist/ and build/ below build/failing unless they are up to date. */
export async function buildFailing() {
  runQuiet("make", ["-s", "-j2", "-C", join(projectRoot, "native"), "failing"], { missingOnly: true });
  const sources = ["src", "bin", "package.json", "package-lock.json", "scripts/steps", active];
  const value = fingerprint(sources.map((name) => join(projectRoot, name.replace(`${projectRoot}/`, ""))));
  const stampFile = join(failingDirectory, ".stamp");
  if (stampMatches(stampFile, value)) return;
  for (const name of ["bin", "dist"]) mkdirSync(join(failingDirectory, name), { recursive: true });
  for (const name of ["bin/brig", "bin/brig.cjs", "package.json"]) {
    copyFileSync(join(projectRoot, name), join(failingDirectory, name));
  }
  const fresh = join(failingDirectory, `dist.${process.pid}`);
  try {
    await buildProgram(fresh, [activeFailPoints]);
    renameSync(join(fresh, "main.pack"), join(failingDirectory, "dist", "main.pack"));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  writeStamp(stampFile, value);
}
