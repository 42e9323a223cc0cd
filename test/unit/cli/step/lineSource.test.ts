import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openLines } from "../../../../src/cli/step/lineSource.ts";

let directory: string;

before(() => {
  directory = mkdtempSync(join(tmpdir(), "brig-lines-"));
});
after(() => rmSync(directory, { recursive: true }));

const restOf = (fd: number) => spawnSync("/bin/cat", { stdio: [fd, "pipe", "inherit"] }).stdout.toString();

test("openLines() takes from a file what was asked for and no more", async () => {
  const path = join(directory, "input");
  writeFileSync(path, "n\n\nlast");
  const fd = openSync(path, "r");
  const lines = openLines(fd);
  assert.equal(await lines.next(), "n");
  assert.equal(restOf(fd), "\nlast");
  assert.equal(await lines.next(), undefined);
  closeSync(fd);
});

/** Opens a fifo into which a shell writes the text. */
async function withPipe(name: string, text: string, use: (fd: number) => Promise<void>): Promise<void> {
  const path = join(directory, name);
  spawnSync("/usr/bin/mkfifo", [path]);
  const writer = spawn("/bin/sh", ["-c", 'printf "$1" > "$0"', path, text], { stdio: "ignore" });
  const ended = once(writer, "exit");
  const fd = openSync(path, "r");
  await use(fd);
  closeSync(fd);
  await ended;
}

test("openLines() gives the lines of a pipe one by one, also the last one without its end", () =>
  withPipe("lines", "one\\n\\nthree", async (fd) => {
    const lines = openLines(fd);
    assert.deepEqual([await lines.next(), await lines.next(), await lines.next()], ["one", "", "three"]);
    assert.equal(await lines.next(), undefined);
    lines.close();
  }));

test("openLines() leaves in a pipe what nobody asked for", () =>
  withPipe("rest", "one\\ntwo\\nthree\\n", async (fd) => {
    const lines = openLines(fd);
    assert.equal(await lines.next(), "one");
    lines.close();
    assert.equal(restOf(fd), "two\nthree\n");
  }));
