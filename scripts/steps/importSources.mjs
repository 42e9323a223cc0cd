// Parts of src for scripts, which cannot load TypeScript themselves.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "./project.mjs";

/** What modules that were written for CommonJS expect, and what esbuild's own shim looks for. */
export const requireBanner =
  'import { createRequire as brigRequire } from "node:module";\nconst require = brigRequire(import.meta.url);';

/** Resolves with what a module of these lines exports: `export { x } from "./src/...";`. Nothing is left of the bundle. */
export async function importSources(lines) {
  const { build } = await import("esbuild");
  const directory = mkdtempSync(join(tmpdir(), "brig-sources-"));
  try {
    const outfile = join(directory, "sources.mjs");
    await build({
      stdin: { contents: lines, resolveDir: projectRoot, loader: "ts" },
      absWorkingDir: projectRoot,
      bundle: true,
      format: "esm",
      platform: "node",
      external: ["koffi"],
      banner: { js: requireBanner },
      outfile,
      logLevel: "silent",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
