import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";
import { Normalizer, readExchanges, withOutputs } from "./transcripts.ts";

const pages = ["docs/GUIDE.md", "docs/GUIDE.ko.md"] as const;

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

test("the guide says what its commands print; UPDATE_GOLDEN=1 writes it anew", () => {
  const page = readFileSync(pages[0], "utf8");
  const exchanges = readExchanges(page);
  assert.ok(exchanges.length > 20, "the guide has lost its transcripts");
  const normalizer = new Normalizer(
    new Map([
      [root.root, "/var/lib/brig"],
      [root.runRoot, "/run/brig"],
      [root.home, "/root"],
    ]),
  );
  const outputs = exchanges.map(({ command }) => {
    const { stdout } = spawnSync("/bin/sh", ["-c", `{ ${command}\n} 2>&1`], {
      cwd: root.home,
      env: { ...brigEnvironment(root), PATH: path },
      encoding: "utf8",
      timeout: 60_000,
    });
    return normalizer.normalize(stdout);
  });
  if (process.env["UPDATE_GOLDEN"] === "1") {
    for (const name of pages) writeFileSync(name, withOutputs(readFileSync(name, "utf8"), outputs));
  } else assert.equal(withOutputs(page, outputs), page);
});

test("the Korean guide has the same transcripts", () => {
  const [english, korean] = pages.map((name) => readExchanges(readFileSync(name, "utf8")));
  assert.deepEqual(korean, english);
});
