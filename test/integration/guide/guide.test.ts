import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";
import { type DemoRegistry, demoAddress, runExchanges, serveDemo } from "../../support/transcriptRun.ts";
import { readExchanges, withOutputs } from "../../support/transcripts.ts";

/** In English and in Korean, and how many commands are run for them at least. */
const pages = [
  { english: "docs/GUIDE.md", korean: "docs/GUIDE.ko.md", commands: 20 },
  { english: "README.md", korean: "README.ko.md", commands: 5 },
] as const;

let root: TestRoot;
let demo: DemoRegistry;

before(async () => {
  const made = await busyboxRoot();
  root = made.root;
  await brigOk(["tag", made.image, "busybox"], { root });
  demo = await serveDemo();
});

after(async () => {
  for (const name of ["web", "shop", "greet", "failing"]) await removeRunning(root, name);
  await demo.close();
  disposeRoot(root);
});

for (const { english, korean, commands } of pages) {
  test(`${english} says what its commands print; UPDATE_GOLDEN=1 writes it anew`, () => {
    const page = readFileSync(english, "utf8");
    const exchanges = readExchanges(page);
    assert.ok(exchanges.length >= commands, "it has lost its transcripts");
    const outputs = runExchanges(exchanges, { root, names: new Map([[demo.address, demoAddress]]) });
    if (process.env["UPDATE_GOLDEN"] === "1") {
      for (const name of [english, korean]) writeFileSync(name, withOutputs(readFileSync(name, "utf8"), outputs));
    } else assert.equal(withOutputs(page, outputs), page);
  });

  test(`${korean} has the same transcripts`, () => {
    const [one, other] = [english, korean].map((name) => readExchanges(readFileSync(name, "utf8")));
    assert.deepEqual(other, one);
  });

  test(`no transcript of ${english} is left unrun`, () => {
    for (const name of [english, korean])
      assert.doesNotMatch(readFileSync(name, "utf8"), /^```(?!console)\w*\n\$ /m, name);
  });
}
