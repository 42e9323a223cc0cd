// @regression V63 CVE-2022-1227
// @wrong top executed a program of the container.
// @rule R8
// @defence Processes are read from the host's /proc, by the group that they are in.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { eventually } from "../../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  // The program that the container has in the place of ps must never run (CVE-2022-1227).
  const trap = "rm /bin/ps; printf '#!/bin/sh\\ntouch /trapped\\n' > /bin/ps; chmod +x /bin/ps";
  await startRunning(root, { name: "box", image, command: ["sh", "-c", `${trap}; sleep 88888 & exec sleep 77777`] });
  await eventually(
    () => brigOk(["top", "box"], { root }),
    ({ stdout }) => stdout.match(/ sleep (77777|88888)$/gm)?.length === 2,
  );
});

after(async () => {
  await removeRunning(root, "box");
  disposeRoot(root);
});

const top = (...words: readonly string[]) => runBrig(["top", "box", ...words], { root });

test("top lists the container's processes with Docker's columns, and none of the host's", async () => {
  const { code, stdout } = await top();
  assert.equal(code, 0);
  const [heading = "", ...lines] = stdout.trimEnd().split("\n");
  assert.deepEqual(heading.split(/ +/), ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]);
  assert.equal(heading.indexOf("PID"), 20);
  assert.equal(lines.length, 2, stdout);
  for (const line of lines) assert.match(line, /sleep (77777|88888)/);
});

test("top shows the ids of the host", async () => {
  const { stdout } = await top("-o", "pid");
  for (const pid of stdout.trim().split("\n").slice(1)) process.kill(Number(pid), 0);
});

test("top executes nothing of the container", async () => {
  await top("-ef");
  assert.equal((await runBrig(["exec", "box", "test", "-e", "/trapped"], { root })).code, 1);
});

test("top takes aux and lists of columns, and refuses the rest", async () => {
  assert.match((await top("aux")).stdout, /^USER +PID +%CPU/);
  assert.match((await top("-eo", "comm")).stdout, /^COMMAND\nsleep/);
  const refused = await top("--forest");
  assert.match(refused.stderr, /top does not offer the ps option "--forest"/);
  assert.equal(refused.code, 1);
});

test("top writes out what would drive the terminal", async () => {
  await startRunning(root, { name: "loud", image, command: ["sh", "-c", "sleep 99999; echo \u001b[31m\u202e"] });
  try {
    const { stdout } = await runBrig(["top", "loud"], { root });
    assert.match(stdout, /\\x1b\[31m\\u202e/);
    assert.ok(!stdout.includes("\u001b"));
  } finally {
    await removeRunning(root, "loud");
  }
});

test("top of a container that does not run says so in Docker's words", async () => {
  const { stdout } = await runBrig(["create", "--name", "made", image, "true"], { root });
  try {
    const refused = await runBrig(["top", "made"], { root });
    assert.match(refused.stderr, new RegExp(`container ${stdout.trim()} is not running`));
    assert.equal(refused.code, 1);
    assert.match((await runBrig(["top", "nosuch"], { root })).stderr, /No such container: nosuch/);
  } finally {
    await removeRunning(root, "made");
  }
});
