import assert from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { assertFaultless } from "../../support/faultless.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  await ok("network", "create", "whole");
  await ok("network", "create", "broken");
  await ok("run", "-d", "--name", "in-whole", "--network", "whole", ...flags());
});

after(async () => {
  await runBrig(["rm", "-f", "in-whole", "in-broken"], { root });
  disposeRoot(root);
});

const flags = () => ["--ulimit", "nofile=1024:1024", "-p", "127.0.0.1::80", image, "sleep", "100000"];
const ok = async (...args: readonly string[]) => (await brigOk(args, { root })).stdout.trim();
const recordOf = (name: string) => `${root.root}/networks/${name}/network.json`;
const names = async () => {
  const { code, stdout, stderr } = await runBrig(["network", "ls", "--format", "{{.Name}}"], { root });
  assert.equal(code, 0);
  return { stderr, names: stdout.trim().split("\n").sort() };
};
const check = async (...more: readonly string[]) => runBrig(["system", "check", ...more], { root });

for (const [how, damage] of [
  ["cut off", () => truncateSync(recordOf("broken"), 20)],
  ["without what it must have", () => writeFileSync(recordOf("broken"), "{}")],
] as const) {
  test(`a network whose record is ${how} is told of, hides no other, and goes with rm -f`, async () => {
    damage();
    const listed = await names();
    assert.deepEqual(listed.names, ["bridge", "host", "none", "whole"]);
    assert.match(
      listed.stderr,
      /^WARNING: the record of the network broken is damaged: brig network rm --force broken/,
    );
    const { code, stdout } = await check("--repair");
    assert.equal(code, 1);
    assert.match(stdout, /networks: broken: the record of the network is damaged\n +brig network rm --force broken/);
    assert.match(stdout, /^1 fault$/m);
    const refused = await runBrig(["network", "rm", "broken"], { root });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /the record of the network broken is damaged/);
    assert.match((await runBrig(["network", "create", "more"], { root })).stderr, /cannot choose addresses/);
    assert.equal(await ok("network", "rm", "whole-not", "-f"), "whole-not");
    assert.equal(await ok("network", "rm", "-f", "broken"), "broken");
    assert.deepEqual(await names(), { stderr: "", names: ["bridge", "host", "none", "whole"] });
    assertFaultless(await check());
    await ok("network", "create", "broken");
  });
}

test("a damaged network stays while a container runs in it", async () => {
  await ok("run", "-d", "--name", "in-broken", "--network", "broken", ...flags());
  await ok("network", "connect", "whole", "in-broken");
  const text = readFileSync(recordOf("broken"));
  truncateSync(recordOf("broken"), 20);
  assert.match(
    (await check("--repair")).stdout,
    /record of the network is damaged\n +stop what runs in it first: in-broken/,
  );
  const refused = await runBrig(["network", "rm", "-f", "broken"], { root });
  assert.match(refused.stderr, /network broken has active endpoints \(name:"in-broken"\)/);
  writeFileSync(recordOf("broken"), text);
  assertFaultless(await check());
  await ok("rm", "-f", "in-broken");
});

test("a damaged default network is repaired: the next container makes it anew", async () => {
  const runs = ["run", "--rm", "--ulimit", "nofile=1024:1024", image, "ip", "address", "show", "eth0"];
  assert.match(await ok(...runs), /inet 10\./);
  truncateSync(recordOf("bridge"), 20);
  assert.match((await runBrig(runs, { root })).stderr, /the record of the network bridge is damaged/);
  const { code, stdout } = await check("--repair");
  assert.equal(code, 0);
  assert.match(
    stdout,
    /networks: bridge: .* damaged\n +brig did this: removes it, and the next container makes it anew/,
  );
  assert.match(await ok(...runs), /inet 10\./);
  truncateSync(recordOf("bridge"), 20);
  assert.equal(await ok("network", "rm", "-f", "bridge"), "bridge");
  assert.match(await ok(...runs), /inet 10\./);
  assertFaultless(await check());
});
