// Starts dist/main.pack: a script and behind it the code that V8 made of it (scripts/steps/program.mjs).
const { closeSync, openSync, readSync } = require("node:fs");
const { Script } = require("node:vm");

const directory = `${__dirname.slice(0, __dirname.lastIndexOf("/"))}/dist`;
const filename = `${directory}/main.pack`;
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

const headerSize = 64;
const sizes = read(0, headerSize).latin1Slice().trimEnd().split(" ").map(Number);
// Behind the source: the code for `run`, for `pull`, and for all others.
const special = ["run", "pull"].findIndex((word) => process.argv.includes(word));
const part = special < 0 ? sizes.length - 1 : 1 + special;
const before = sizes.slice(0, part).reduce((sum, size) => sum + size, headerSize);
const cachedData = read(before, sizes[part]);
const program = read(headerSize, sizes[0]).latin1Slice();
closeSync(pack);
new Script(program, { filename, cachedData }).runInThisContext()(require, directory);
