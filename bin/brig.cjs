// Starts dist/main.pack: scripts and behind each the code that V8 made of it (scripts/steps/program.mjs).
const { openSync, readSync } = require("node:fs");
const { Script } = require("node:vm");

const directory = `${__dirname.slice(0, __dirname.lastIndexOf("/"))}/dist`;
const filename = `${directory}/main.pack`;
// Open to the end: a script that is needed later must be of the same build, whatever is put into the file's place meanwhile.
const pack = openSync(filename, "r");

function read(position, size) {
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let done = 0; done < size; ) {
    const count = readSync(pack, bytes, done, size - done, position + done);
    if (count === 0) throw new Error(`${filename} is cut off: build it again`);
    done += count;
  }
  return bytes;
}

const headerSize = 256;
const sizes = JSON.parse(read(0, headerSize).latin1Slice());
// Behind the source of a script: the code for `run`, for `pull`, and for all others, as far as it has one for each.
const special = ["run", "pull"].findIndex((word) => process.argv.includes(word));
const wanted = special < 0 ? 3 : 1 + special;
const total = (list) => list.reduce((sum, size) => sum + size, 0);

function load(number) {
  const parts = sizes[number];
  const start = headerSize + total(sizes.slice(0, number).flat());
  const part = parts[wanted] > 0 ? wanted : parts.findLastIndex((size) => size > 0);
  const source = read(start, parts[0]).latin1Slice();
  const cachedData = read(start + total(parts.slice(0, part)), parts[part]);
  const module = {};
  // Stacks name it so; src/cli/render/originalStack.ts looks for the map.
  new Script(source, { filename: `${filename}/${number}`, cachedData }).runInThisContext()(requireModule, module, directory);
  return module.exports;
}

const scripts = [];

/** `brig:SCRIPT:MODULE` is a module of one of the scripts; its initialisation is its own affair. */
function requireModule(name) {
  if (!name.startsWith("brig:")) return require(name);
  const [, number, module] = name.split(":");
  scripts[number] ??= load(Number(number));
  return scripts[number][module]();
}

requireModule("brig:0:src/main.ts");
