// src/index.ts -> dist/index.js, the library, by esbuild: one file and one lazy chunk per dynamic import; and the command
// line (program.mjs).
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StepFailure } from "./command.mjs";
import { requireBanner } from "./importSources.mjs";
import { buildProgram, mapName } from "./program.mjs";
import { distDirectory, projectRoot } from "./project.mjs";
import { scriptCount } from "./splitProgram.mjs";
import { fingerprint, stampMatches, writeStamp } from "./stamp.mjs";

const stampFile = join(distDirectory, ".stamp");

/** A change of how dist/ is made makes it out of date, too. */
const steps = [
  "bundle.mjs",
  "program.mjs",
  "splitProgram.mjs",
  "throughDoors.mjs",
  "lazyBuiltins.mjs",
  "codeCache.cjs",
].map((name) => `scripts/steps/${name}`);

/** Builds dist/ unless it is up to date; resolves with whether something was built. */
export async function buildBundle() {
  const value = fingerprint(["src", "package-lock.json", ...steps].map((name) => join(projectRoot, name)));
  if (stampMatches(stampFile, value)) return false;
  const fresh = `${distDirectory}.${process.pid}`;
  try {
    await bundle(fresh);
    replaceDist(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  writeStamp(stampFile, value);
  return true;
}

async function bundle(outdir) {
  const { build } = await import("esbuild");
  const library = build({
    absWorkingDir: projectRoot,
    entryPoints: { index: "src/index.ts" },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    external: ["koffi"],
    banner: { js: requireBanner },
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: false,
    sourcemap: false,
    legalComments: "eof",
    chunkNames: "chunks/[name]-[hash]",
    logLevel: "silent",
  });
  const [result] = await Promise.all([library, buildProgram(outdir)]).catch((error) => {
    const first = (error.errors ?? []).slice(0, 10).map(formatMessage);
    throw first.length === 0 ? error : new StepFailure(`the bundle cannot be built:\n${first.join("\n")}`);
  });
  for (const warning of result.warnings) process.stderr.write(`${formatMessage(warning)}\n`);
}

function formatMessage({ location, text }) {
  return location === null ? `  ${text}` : `  ${location.file}:${location.line}:${location.column}: ${text}`;
}

/** New files first, old files last: a brig that starts meanwhile finds either a complete old or a complete new set. */
function replaceDist(fresh) {
  mkdirSync(join(distDirectory, "chunks"), { recursive: true });
  const chunks = existsSync(join(fresh, "chunks")) ? readdirSync(join(fresh, "chunks")) : [];
  for (const name of chunks) renameSync(join(fresh, "chunks", name), join(distDirectory, "chunks", name));
  const maps = Array.from({ length: scriptCount }, (_, script) => mapName(script));
  for (const name of [...maps, "main.pack", "index.js"]) renameSync(join(fresh, name), join(distDirectory, name));
  for (const name of readdirSync(join(distDirectory, "chunks"))) {
    if (!chunks.includes(name)) rmSync(join(distDirectory, "chunks", name));
  }
}
