import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout, multiLayerLayout } from "../../support/fixtures.ts";
import { pulledRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let busybox: string;
let multi: string;

before(async () => {
  const pulled = await pulledRoot({
    busybox: { layout: await busyboxLayout(), tag: "latest" },
    multi: { layout: await multiLayerLayout(), tag: "latest" },
  });
  root = pulled.root;
  [busybox, multi] = [pulled.reference("busybox"), pulled.reference("multi")];
});

after(() => disposeRoot(root));

const out = async (...words: readonly string[]) => (await brigOk(words, { root })).stdout;

/** An image of what a script does in a container of another. */
async function changed(image: string, name: string, script: string): Promise<void> {
  const net = ["--network", "none", "--ulimit", "nofile=1024:1024"];
  await brigOk(["run", "--name", name, ...net, image, "sh", "-c", script], { root });
  await brigOk(["commit", name, `${name}:1`], { root });
  await removeRunning(root, name);
}

test("image diff names what differs, and reads contents where sizes say nothing", async () => {
  const script = [
    "printf 12345 > /etc/same-size",
    "printf 12345 > /etc/same",
    "printf x > \"/etc/$(printf 'a\\033[2J\\nb')\"",
    "chmod 700 /tmp",
    "rm /etc/group",
  ].join("; ");
  await changed(busybox, "one", script);
  await changed(busybox, "two", "printf 12345 > /etc/same; printf 54321 > /etc/same-size; printf 123 > /etc/grown");
  assert.equal(await out("image", "diff", busybox, busybox), "");
  assert.equal(
    await out("image", "diff", busybox, "one:1"),
    [
      "A /etc/a\\x1b[2J\\nb  (1B)",
      "D /etc/group  (39B)",
      "A /etc/same  (5B)",
      "A /etc/same-size  (5B)",
      "C /tmp  (mode)",
      "",
    ].join("\n"),
  );
  const lines = (await out("image", "diff", "--format", "json", "one:1", "two:1")).trimEnd().split("\n");
  const changes = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    changes.map(({ kind, path, differs }) => [kind, path, ...differs].join(" ")),
    [
      "deleted /etc/a\u001b[2J\nb",
      "added /etc/group",
      "added /etc/grown",
      "changed /etc/same-size content",
      "changed /tmp mode",
    ],
  );
});

test("image explain finds what each layer did, what is wasted, and the line behind it", async () => {
  const explanation = JSON.parse(await out("image", "explain", "--format", "json", multi));
  const layers = explanation.steps.flatMap(({ layer }: { layer?: object }) => layer ?? []);
  assert.equal(layers.length, 3);
  assert.equal(layers[1].wastedBytes, explanation.wastedBytes);
  const listed = layers[2].changes.map(({ kind, path }: { kind: string; path: string }) => `${kind} ${path}`);
  for (const line of ["changed /data/replaced", "deleted /data/kept/two", "deleted /data/opaque/hidden"])
    assert.ok(listed.includes(line), `${line} is not in ${listed.join(", ")}`);
  const text = await out("image", "explain", multi);
  assert.match(text, /^layer 2\/3 {2}umoci raw add-layer$/m);
  assert.match(text, /later layers hide 78B of it/);
  assert.match(await out("image", "explain", "--no-trunc", multi), /^ +D \/data\/kept\/two {2}\(16B\)$/m);
});

test("image tree shows what is shared, and unknown images are told", async () => {
  assert.match(await out("image", "tree", multi), /shared with .*busybox:latest/);
  for (const verb of [["tree"], ["explain"], ["diff", busybox]]) {
    const { code, stderr } = await runBrig(["image", ...verb, "nothing:1"], { root });
    assert.equal(code, 1);
    assert.match(stderr, /No such image: nothing:1/);
  }
});
