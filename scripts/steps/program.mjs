// src/main.ts -> dist/main.pack: the command line as a few scripts, and behind each the code that V8 made of it.
//
// Loading hundreds of ES modules and compiling them costs more than most commands take. A script with its compiled code in the
// same file is read and started in a few milliseconds, and most commands need the first one only (splitProgram.mjs). The file is
//   HEADER, and of each script: SOURCE CODE...
// HEADER is a line of headerSize bytes: for each script a list with the size of its source, which is ASCII, and of its caches for
// `run`, for `pull` and for the other commands, because V8 makes functions of all that a cache holds and these have little in
// common. What a script has no cache for it is started with another one for. Sources and caches are one file because V8 tells by the length of the source alone
// whether a cache belongs to it: they must never be of different builds. A Node of another version takes the source
// and compiles it (vm.Script, "cachedData").
//
// Short names make it load faster; the maps beside the pack, which only reports of bugs read, lead back to the sources.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lazyBuiltins } from "./lazyBuiltins.mjs";
import { projectRoot } from "./project.mjs";
import { assignModules, leaveToOthers, sharedModules } from "./splitProgram.mjs";
import { throughDoors } from "./throughDoors.mjs";

/** As bin/brig.cjs reads it. */
const headerSize = 256;

const groups = ["run", "pull", "others"];

/** For which commands each script has code of its own. */
const cachedFor = [groups, ["run", "others"], ["pull"], ["others"]];

/** As src/cli/render/originalStack.ts reads it. */
export const mapName = (script) => `main.${script}.map`;

/** Writes main.pack and the maps into the directory; `plugins` of esbuild come before our own. */
export async function buildProgram(outdir, plugins = []) {
  const settings = { outdir, plugins: [...plugins, throughDoors(join(projectRoot, "src")), lazyBuiltins] };
  const { metafile } = await bundle({ ...settings, entry: 'import "./src/main.ts";', metafile: true });
  const assigned = assignModules(metafile);
  const shared = sharedModules(metafile, assigned);
  const names = await exportedNames(shared.flat(), settings.plugins);
  const outputs = await Promise.all(
    shared.map((modules, script) => {
      const leave = leaveToOthers(script, { assigned, names, projectRoot });
      return bundle({ ...settings, entry: registryOf(modules), plugins: [leave, ...settings.plugins] });
    }),
  );
  mkdirSync(outdir, { recursive: true });
  const sources = outputs.map(({ outputFiles: [map, program] }, script) => {
    writeFileSync(join(outdir, mapName(script)), map.text);
    return Buffer.from(`(function (require, module, __dirname) {\n${program.text}\n})`);
  });
  writePack(outdir, sources);
}

/** An entry that offers modules to other scripts, by name; each is initialised when it is asked for. */
function registryOf(modules) {
  const members = modules.map(
    (module) => `${JSON.stringify(module)}: () => require(${JSON.stringify(`./${module}`)}),`,
  );
  return `module.exports = {\n${members.join("\n")}\n};\n`;
}

/** What the modules of ours among these export, by module: `names` of leaveToOthers. */
async function exportedNames(modules, plugins) {
  const { build } = await import("esbuild");
  const ours = modules.filter((module) => module.endsWith(".ts"));
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: ours,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    outdir: "unwritten",
    external: ["koffi"],
    plugins,
    logLevel: "silent",
  });
  const entries = Object.values(metafile.outputs).filter(({ entryPoint }) => ours.includes(entryPoint));
  return new Map(entries.map(({ entryPoint, exports }) => [entryPoint, exports]));
}

async function bundle({ outdir, entry, plugins, metafile = false }) {
  const { build } = await import("esbuild");
  return build({
    absWorkingDir: projectRoot,
    stdin: { contents: entry, resolveDir: projectRoot, sourcefile: "registry.js" },
    bundle: true,
    write: false,
    metafile,
    format: "cjs",
    platform: "node",
    target: "node20.19",
    external: ["koffi"],
    // Koffi is the one package that is loaded from node_modules, and through the loader that bin/brig.cjs hands over.
    supported: { "dynamic-import": false },
    define: { "import.meta.dirname": "__dirname" },
    plugins,
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
}

function writePack(outdir, sources) {
  const work = mkdtempSync(join(outdir, "code-"));
  try {
    for (const [script, source] of sources.entries()) writeFileSync(join(work, `${script}.source`), source);
    const packFile = join(outdir, "main.pack");
    for (const group of groups) compileFor(group, { work, packFile });
    const code = (script, group) =>
      cachedFor[script].includes(group) ? readFileSync(join(work, `${script}.${group}`)) : Buffer.of();
    const parts = sources.map((source, script) => [source, ...groups.map((group) => code(script, group))]);
    const sizes = JSON.stringify(parts.map((part) => part.map(({ length }) => length)));
    writeFileSync(packFile, Buffer.concat([Buffer.from(`${sizes.padEnd(headerSize - 1)}\n`), ...parts.flat()]));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Runs some commands of the program, which writes the code that V8 makes of the scripts into the directory. */
function compileFor(group, { work, packFile }) {
  execFileSync(process.execPath, [join(import.meta.dirname, "codeCache.cjs"), group, work, packFile], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "ignore", "inherit"],
  });
}
