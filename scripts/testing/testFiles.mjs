// Which test files there are, and their bundles.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { StepFailure } from "../steps/command.mjs";
import { buildDirectory, projectRoot } from "../steps/project.mjs";

const testDirectory = join(projectRoot, "test");

/** Paths relative to test/ of the test files below one of its directories ("unit", "integration", "security"). */
export function testFilesBelow(directory) {
  const below = join(testDirectory, directory);
  return readdirSync(below, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(directory, name))
    .sort();
}

/**
 * Bundles test files (and other TypeScript of test/) into a directory of their own below build/, so that several runs
 * do not meet; the caller disposes it. `bundled` maps each source to its bundle.
 */
export async function bundleTests(files) {
  const { build } = await import("esbuild");
  const outdir = join(buildDirectory, "test", String(process.pid));
  mkdirSync(outdir, { recursive: true });
  const failure = await build({
    absWorkingDir: projectRoot,
    entryPoints: files.map((file) => join("test", file)),
    outdir,
    outbase: "test",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    packages: "external",
    sourcemap: "linked",
    logLevel: "silent",
  }).then(
    () => undefined,
    (error) => error,
  );
  const dispose = () => rmSync(outdir, { recursive: true, force: true });
  if (failure !== undefined) {
    dispose();
    const lines = (failure.errors ?? [])
      .slice(0, 20)
      .map(({ location, text }) => `  ${location?.file}:${location?.line}: ${text}`);
    throw lines.length === 0 ? failure : new StepFailure(`the tests cannot be bundled:\n${lines.join("\n")}`);
  }
  writeFileSync(join(outdir, "package.json"), '{ "type": "module" }\n');
  return { bundled: new Map(files.map((file) => [file, join(outdir, file.replace(/\.ts$/, ".mjs"))])), dispose };
}

export function showFile(path) {
  return relative(projectRoot, path);
}
