// src/main.ts -> dist/main.pack: the whole command line as one script, and behind it the code that V8 made of it.
//
// Loading a dozen ES modules and compiling them costs more than most commands take. One script with its compiled code
// in the same file is read and started in a few milliseconds. The file is
//   LENGTH "\n" SOURCE CODE-CACHE
// where LENGTH counts the bytes of SOURCE, which is ASCII. Source and cache are one file because V8 tells by the length
// of the source alone whether a cache belongs to it: the two must never be of different builds. A Node of another
// version takes the source and compiles it (vm.Script, "cachedData").
//
// Short names make it load faster; main.map, which only reports of bugs read, leads back to the sources.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lazyBuiltins } from "./lazyBuiltins.mjs";
import { projectRoot } from "./project.mjs";

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
    plugins: [...plugins, lazyBuiltins],
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
  const source = `(function (require, __dirname) {\n${program.text}\n})`;
  mkdirSync(outdir, { recursive: true });
  writeFileSync(join(outdir, "main.map"), map.text);
  const sourceFile = join(outdir, "main.source");
  writeFileSync(sourceFile, source);
  try {
    execFileSync(
      process.execPath,
      [join(import.meta.dirname, "codeCache.cjs"), sourceFile, join(outdir, "main.pack")],
      {
        env: { PATH: process.env.PATH },
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
  } finally {
    rmSync(sourceFile, { force: true });
  }
}
