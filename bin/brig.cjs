// Starts dist/main.pack: a script of LENGTH bytes and behind it the code that V8 made of it (scripts/steps/program.mjs).
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");

const directory = `${__dirname.slice(0, __dirname.lastIndexOf("/"))}/dist`;
const filename = `${directory}/main.pack`;
const pack = readFileSync(filename);
const start = pack.indexOf(10) + 1;
const end = start + Number(pack.latin1Slice(0, start - 1));
const cachedData = pack.subarray(end);
new Script(pack.latin1Slice(start, end), { filename, cachedData }).runInThisContext()(require, directory);
