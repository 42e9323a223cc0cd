// @regression V03 CVE-2024-21626
// @wrong A descriptor of a directory of the host stayed open, and a working directory named through it led out.
// @rule R6
// @defence Descriptors are close-on-exec at birth and closed again before exec; the working directory is looked up
//   inside and must be reachable from the root.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { type BrigResult, brigCommand, brigEnvironment, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { joinWatchLayout } from "../support/joinWatch.ts";
import { imageRoot } from "../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../support/runningContainer.ts";

// CVE-2024-21626: a descriptor of a directory of the host that reaches the container is a way out of it, and a working
// directory named through /proc/self/fd is how to find it. Whatever is found must be inside.

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await joinWatchLayout()));
  await startRunning(root, { name: "box", image });
});

after(async () => {
  await removeRunning(root, "box");
  disposeRoot(root);
});

/** A command that names the directory it is in; only the root of the container may be found by a descriptor. */
const where = ["sh", "-c", "pwd -P; [ . -ef / ] && echo inside"];

async function tryEach(numbers: readonly number[], attempt: (fd: number) => Promise<BrigResult>): Promise<void> {
  for (let at = 0; at < numbers.length; at += 8) {
    const batch = numbers.slice(at, at + 8);
    const results = await Promise.all(batch.map(attempt));
    for (const [index, { code, stdout, stderr }] of results.entries()) {
      const what = `descriptor ${batch[index]}: ${code} ${stdout}${stderr}`;
      if (code === 125) assert.match(stderr, /^brig: /, what);
      else assert.deepEqual([code, stdout], [0, "/\ninside\n"], what);
    }
  }
}

const descriptors = Array.from({ length: 21 }, (_, index) => index + 3);

test("V03: exec in a working directory named by a descriptor stays inside", () =>
  tryEach(descriptors, (fd) => runBrig(["exec", "-w", `/proc/self/fd/${fd}`, "box", ...where], { root })));

test("V03: exec in a working directory that a link of the image leads to a descriptor stays inside", () =>
  tryEach(descriptors, (fd) => runBrig(["exec", "-w", `/fd${fd}`, "box", ...where], { root })));

test("V03: run in a working directory named by a descriptor stays inside", () =>
  tryEach(descriptors, (fd) => {
    const flags = [
      "--rm",
      "--network",
      "none",
      "--ulimit",
      "nofile=1024:1024",
      "-w",
      fd % 2 === 0 ? `/fd${fd}` : `/proc/self/fd/${fd}`,
    ];
    return runBrig(["run", ...flags, image, ...where], { root });
  }));

test("V03: descriptors that the caller of brig has open are not seen by what joins the container", async () => {
  const outside = join(root.directory, "outside");
  mkdirSync(outside);
  const open = Array.from({ length: 40 }, (_, index) => `exec ${index + 10}<"$0"`).join("\n");
  const command = brigCommand(root, ["exec", "box", "sh", "-c", "ls -l /proc/self/fd; ls -l /proc/$$/fd"]);
  const shell = spawn("/bin/bash", ["-c", `${open}\nexec "$@"`, outside, ...command], {
    env: brigEnvironment(root),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let listed = "";
  for await (const piece of shell.stdout) listed += piece;
  const targets = [...listed.matchAll(/ (\d+) -> (.*)$/gm)].map((match) => match[2] ?? "");
  assert.ok(targets.length >= 6, listed);
  for (const target of targets) assert.match(target, /^(\/dev\/null|pipe:\[\d+\]|\/proc\/\d+\/fd)$/, listed);
});
