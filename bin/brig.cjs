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
const [source, ofRun, ofPull, ofOthers] = read(0, headerSize).latin1Slice().split(" ").map(Number);
const end = headerSize + source;
const cachedData = process.argv.includes("run")
  ? read(end, ofRun)
  : process.argv.includes("pull")
    ? read(end + ofRun, ofPull)
    : read(end + ofRun + ofPull, ofOthers);
const program = read(headerSize, source).latin1Slice();
closeSync(pack);
new Script(program, { filename, cachedData }).runInThisContext()(require, directory);
