import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openRotated } from "../../../../src/container/follow/rotatedFiles.ts";
import { RotatedReader } from "../../../../src/container/follow/rotatedReader.ts";

const name = "log";
const [rotations, linesEach] = [200, 5];

function makeDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "brig-rotated-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Writes numbers and renames as native/log.c does, as fast as it can: the oldest first, then a new file. */
const writer = `
const { closeSync, openSync, renameSync, writeSync } = require("node:fs");
const path = (number) => number === 0 ? "log" : "log." + number;
let [line, files] = [0, 0];
for (let rotation = 0; rotation < ${rotations}; rotation += 1) {
  const fd = openSync("log", "a");
  for (let n = 0; n < ${linesEach}; n += 1) writeSync(fd, (line += 1) + "\\n");
  closeSync(fd);
  if (rotation === ${rotations - 1}) break;
  files += 1;
  for (let number = files; number > 0; number -= 1) renameSync(path(number - 1), path(number));
}
`;

test("a log that is rotated faster than its files are opened is read whole and in order", async (t) => {
  const directory = makeDirectory(t);
  const place = { directory, name };
  const child = spawn(process.execPath, ["-e", writer], { cwd: directory, stdio: ["ignore", "ignore", "inherit"] });
  let running = true;
  const ended = once(child, "close").then(([status]) => {
    running = false;
    return Number(status);
  });
  const reader = new RotatedReader(place, await openRotated(place));
  let text = "";
  try {
    for (let last = false; ; ) {
      while (await reader.fill()) {
        text += reader.bytes.toString();
        reader.drop(reader.bytes.length);
      }
      if (last) break;
      last = !running;
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    await reader.close();
  }
  assert.equal(await ended, 0);
  const wanted = Array.from({ length: rotations * linesEach }, (_, index) => `${index + 1}\n`).join("");
  assert.ok(text === wanted, "every line once, in order");
});

test("numbers that a killed rotation has left without a file are passed over, from either side", async (t) => {
  const directory = makeDirectory(t);
  const place = { directory, name };
  for (const [number, content] of [
    ["log.6", "1\n"],
    ["log.2", "2\n"],
    ["log", "3\n"],
  ] as const)
    writeFileSync(join(directory, number), content);
  const files = await openRotated(place);
  assert.deepEqual(
    files.map(({ sizeBytes }) => sizeBytes),
    [2, 2, 2],
  );
  const reader = new RotatedReader(place, files.slice(0, 1));
  for (const { handle } of files.slice(1)) await handle.close();
  let text = "";
  while (await reader.fill()) {
    text += reader.bytes.toString();
    reader.drop(reader.bytes.length);
  }
  await reader.close();
  assert.equal(text, "1\n2\n3\n");
});
