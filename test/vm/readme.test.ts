import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";
import { createRoot, disposeRoot, type TestRoot } from "../support/brig.ts";
import { machineTest } from "../support/machine.ts";
import { type DemoRegistry, demoAddress, hostKind, runExchanges, serveDemo } from "../support/transcriptRun.ts";
import { readExchanges, withOutputs } from "../support/transcripts.ts";

let root: TestRoot;
let demo: DemoRegistry;

before(async () => {
  root = createRoot();
  demo = await serveDemo();
});

after(async () => {
  await demo.close();
  disposeRoot(root);
});

const needs = { controllers: ["memory", "cpu", "pids"] };

machineTest("README.md says what the demo prints on a host with cgroup v2", needs, async () => {
  const page = readFileSync("README.md", "utf8");
  const shown = readExchanges(page).map(({ command }) => command.includes(demoAddress));
  const exchanges = readExchanges(page).filter((_, index) => shown[index]);
  assert.ok(
    exchanges.some(({ host }) => host === hostKind()),
    "it has lost its demonstration",
  );
  const outputs = [...runExchanges(exchanges, { root, names: new Map([[demo.address, demoAddress]]) })];
  assert.equal(
    withOutputs(
      page,
      shown.map((isShown) => (isShown ? outputs.shift() : undefined)),
    ),
    page,
  );
});
