import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";
import { Normalizer, readExchanges, withOutputs } from "./transcripts.ts";

/** In English and in Korean, and how many commands are run for them at least. */
const pages = [
  { english: "docs/GUIDE.md", korean: "docs/GUIDE.ko.md", commands: 20 },
  { english: "README.md", korean: "README.ko.md", commands: 1 },
] as const;

let root: TestRoot;
let path: string;

before(async () => {
  const made = await busyboxRoot();
  root = made.root;
  await brigOk(["tag", made.image, "busybox"], { root });
  const directory = join(root.home, "bin");
  mkdirSync(directory);
  const own = brigCommand(root, []).map((word) => `'${word}'`);
  writeFileSync(join(directory, "brig"), `#!/bin/sh\nexec ${own.join(" ")} "$@"\n`, { mode: 0o755 });
  path = `${directory}:${brigEnvironment(root)["PATH"]}`;
});

after(async () => {
  for (const name of ["web", "shop", "greet", "failing"]) await removeRunning(root, name);
  disposeRoot(root);
});

for (const { english, korean, commands } of pages) {
  test(`${english} says what its commands print; UPDATE_GOLDEN=1 writes it anew`, () => {
    const page = readFileSync(english, "utf8");
    const exchanges = readExchanges(page);
    assert.ok(exchanges.length >= commands, "it has lost its transcripts");
    const outputs = runAll(exchanges.map(({ command }) => command));
    if (process.env["UPDATE_GOLDEN"] === "1") {
      for (const name of [english, korean]) writeFileSync(name, withOutputs(readFileSync(name, "utf8"), outputs));
    } else assert.equal(withOutputs(page, outputs), page);
  });

  test(`${korean} has the same transcripts`, () => {
    const [one, other] = [english, korean].map((name) => readExchanges(readFileSync(name, "utf8")));
    assert.deepEqual(other, one);
  });
}

/** What they print, one after the other, without what differs from run to run. */
function runAll(commands: readonly string[]): readonly string[] {
  const normalizer = new Normalizer(
    new Map([
      [root.root, "/var/lib/brig"],
      [root.runRoot, "/run/brig"],
      [root.home, "/root"],
    ]),
  );
  return commands.map((command) => {
    const { stdout } = spawnSync("/bin/sh", ["-c", `{ ${command}\n} 2>&1`], {
      cwd: root.home,
      env: { ...brigEnvironment(root), PATH: path },
      encoding: "utf8",
      timeout: 60_000,
    });
    return normalizer.normalize(stdout);
  });
}
