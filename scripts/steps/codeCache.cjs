// SOURCE PACK: runs a few commands of the bundled program, so that V8 compiles what they use, and writes the pack.
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { tmpdir } = require("node:os");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const [sourceFile, packFile] = process.argv.slice(2);
const source = readFileSync(sourceFile, "latin1");
const script = new Script(source, { filename: join(dirname(dirname(packFile)), "dist", "main.pack") });
const start = script.runInThisContext();
const scratch = mkdtempSync(join(tmpdir(), "brig-warm-"));

/** No limits: a host without their controllers would end the plan early. None of these needs root, finds an image or changes anything beyond the scratch directory. */
const commands = [
  ["images"],
  ["ps", "--all", "--no-trunc"],
  ["version"],
  ["inspect", "no-such-image"],
  ["plan", "run", "--pull", "never", "-ie", "A=1", "-v", `${scratch}:/x`, "--network", "none", "no-such-image", "true"],
  ["run", "--rm", "--pull", "never", "no-such-image", "true"],
];

const realExit = process.exit;
const ignored = () => true;

async function warm(words) {
  process.argv = [
    process.execPath,
    "brig",
    "--root",
    join(scratch, "root"),
    "--run-root",
    join(scratch, "run"),
    ...words,
  ];
  process.removeAllListeners("SIGINT");
  process.removeAllListeners("SIGTERM");
  await new Promise((resolve) => {
    process.exit = resolve;
    start(createRequire(sourceFile), dirname(sourceFile));
  });
}

async function main() {
  // What the commands say is of no interest: most are meant to fail.
  const fs = require("node:fs");
  const { writeSync } = fs;
  fs.writeSync = (fd, bytes, ...where) => (fd <= 2 ? bytes.length : writeSync(fd, bytes, ...where));
  process.on("unhandledRejection", ignored);
  for (const words of commands) await warm(words);
  const cache = script.createCachedData();
  writeFileSync(packFile, Buffer.concat([Buffer.from(`${source.length}\n`), Buffer.from(source, "latin1"), cache]));
}

main().then(
  () => {
    rmSync(scratch, { recursive: true, force: true });
    realExit.call(process, 0);
  },
  (error) => {
    rmSync(scratch, { recursive: true, force: true });
    process.stderr.write(`${error.stack}\n`);
    realExit.call(process, 1);
  },
);
