// src/main.ts -> dist/main.pack: the whole command line as one script, and behind it the code that V8 made of it.
//
// Loading a dozen ES modules and compiling them costs more than most commands take. One script with its compiled code
// in the same file is read and started in a few milliseconds. The file is
//   HEADER SOURCE CODE-OF-RUN CODE-OF-PULL CODE-OF-OTHERS
// HEADER is a line of headerSize bytes with the sizes of the four, the source is ASCII. There are three caches because V8 makes
// functions of all that a cache holds, and these commands have little in common. Source and caches are one
// file because V8 tells by the length of the source alone whether a cache belongs to it: they must never be of different
// builds. A Node of another version takes the source and compiles it (vm.Script, "cachedData").
//
// Short names make it load faster; main.map, which only reports of bugs read, leads back to the sources.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lazyBuiltins } from "./lazyBuiltins.mjs";
import { projectRoot } from "./project.mjs";
import { throughDoors } from "./throughDoors.mjs";

/** As bin/brig.cjs reads it. */
const headerSize = 64;

/** Writes main.pack into the directory; `plugins` of esbuild come before our own. */
export async function buildProgram(outdir, plugins = []) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    absWorkingDir: projectRoot,
    entryPoints: ["src/main.ts"],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20.19",
    external: ["koffi"],
    // Koffi is the one package that is loaded from node_modules, and through the loader that bin/brig.cjs hands over.
    supported: { "dynamic-import": false },
    define: { "import.meta.dirname": "__dirname" },
    plugins: [...plugins, throughDoors(join(projectRoot, "src")), lazyBuiltins],
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    sourcemap: "external",
    sourcesContent: false,
    outfile: join(outdir, "main.js"),
    charset: "ascii",
    legalComments: "eof",
    logLevel: "silent",
  });
  const [map, program] = outputFiles;
  const source = Buffer.from(`(function (require, __dirname) {\n${program.text}\n})`);
  mkdirSync(outdir, { recursive: true });
  writeFileSync(join(outdir, "main.map"), map.text);
  const sourceFile = join(outdir, "main.source");
  const packFile = join(outdir, "main.pack");
  writeFileSync(sourceFile, source);
  try {
    const caches = ["run", "pull", "others"].map((group) => compileFor(group, { sourceFile, packFile }));
    const parts = [source, ...caches];
    const sizes = parts.map(({ length }) => length).join(" ");
    writeFileSync(packFile, Buffer.concat([Buffer.from(`${sizes.padEnd(headerSize - 1)}\n`), ...parts]));
  } finally {
    rmSync(sourceFile, { force: true });
  }
}

/** The code that V8 makes of the program for some commands. */
function compileFor(group, { sourceFile, packFile }) {
  return execFileSync(process.execPath, [join(import.meta.dirname, "codeCache.cjs"), group, sourceFile, packFile], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
}
