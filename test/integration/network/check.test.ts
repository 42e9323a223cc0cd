// @regression V73 CVE-2025-54388, CVE-2025-54410
// @wrong After somebody else had reloaded the firewall, ports were open or gone.
// @defence brig has a table of its own; the check and the next start bring it back.
import assert from "node:assert/strict";
import { readdirSync, renameSync, symlinkSync } from "node:fs";
import { after, before, test } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { runTool } from "../../support/programs.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  const flags = ["--ulimit", "nofile=1024:1024", image, "sleep", "100000"];
  await ok("network", "create", "--ipv6", "own");
  await ok("run", "-d", "--name", "one", ...flags);
  await ok("run", "-d", "--name", "two", "--network", "own", ...flags);
});

after(async () => {
  await runBrig(["rm", "-f", "one", "two"], { root });
  disposeRoot(root);
});

const ok = async (...args: readonly string[]) => (await brigOk(args, { root })).stdout.trim();
const ruleset = () => runTool("nft", ["list", "ruleset"]);
/** Names and addresses, without what the kernel finds out by and by: whether there is a carrier, and then a link-local address. */
const bridges = async () => {
  const lines = (await runTool("ip", ["-br", "address", "show", "type", "bridge"])).split("\n").sort();
  return lines
    .map((line) =>
      line
        .split(/ +/)
        .filter((word, index) => index !== 1 && !word.startsWith("fe80:"))
        .join(" "),
    )
    .join("\n");
};
const pingable = async () => (await runBrig(["exec", "one", "nc", "-z", "-w", "2", "10.200.0.1", "7"], { root })).code;

const leasesOfOwn = () => readdirSync(`${root.root}/networks/own/leases`).filter((name) => name.startsWith("10."));

/** What a change breaks is found, said and repaired, and then nothing is left to say. */
async function mended(change: () => Promise<unknown>, sentence: RegExp): Promise<void> {
  const [rules, before] = [await ruleset(), await bridges()];
  await change();
  const found = await runBrig(["network", "check"], { root });
  assert.equal(found.code, 1);
  assert.match(found.stdout, sentence);
  const repaired = await runBrig(["network", "check", "--repair"], { root });
  assert.equal(repaired.code, 0, repaired.stdout + repaired.stderr);
  assert.equal(await ruleset(), rules);
  assert.equal(await bridges(), before);
  assert.equal((await runBrig(["network", "check"], { root })).code, 0);
}

test("what is as it should be is said to be", async () => {
  assert.equal((await runBrig(["network", "check"], { root })).code, 0);
  assert.equal(await pingable(), 1);
});

test("a flushed ruleset comes back as it was", () =>
  mended(() => runTool("nft", ["flush", "ruleset"]), /rules of brig's table are missing/));

test("a deleted element comes back", () =>
  mended(
    () => runTool("nft", ["delete", "element", "inet", "brig", "bridges", "{ brig0 }"]),
    /not in the set bridges/,
  ));

test("an address that was taken from a bridge comes back", () =>
  mended(() => runTool("ip", ["addr", "flush", "dev", "brig0"]), /does not have the address 10\.200\.0\.1\/24/));

test("a bridge that is down comes up", () =>
  mended(() => runTool("ip", ["link", "set", "dev", "brig0", "down"]), /bridge brig0 is down/));

test("a deleted bridge comes back with its members", async () => {
  await mended(() => runTool("ip", ["link", "del", "dev", "brig0"]), /bridge brig0 is not there/);
  assert.match(await runTool("ip", ["-br", "link", "show", "master", "brig0"]), /^bv[0-9a-f]{12}@/);
});

test("a deleted interface of a container comes back with its addresses and route", async () => {
  const [name = ""] = (await runTool("ip", ["-br", "link", "show", "type", "veth"]))
    .split("\n")
    .flatMap((line) => line.split("@")[0] ?? []);
  const seen = async () => [
    await ok("exec", "one", "ip", "route"),
    await ok("exec", "two", "ip", "-6", "route", "show", "default"),
  ];
  const before = await seen();
  await mended(() => runTool("ip", ["link", "del", "dev", name]), /its interface in the network \w+ is not there/);
  assert.deepEqual(await seen(), before);
});

test("an address of a container that is not there is said, made free, and given to the next one", async () => {
  const lease = `${root.root}/networks/own/leases/10.200.1.3`;
  symlinkSync("0".repeat(64), lease);
  assert.match(
    (await runBrig(["network", "check"], { root })).stdout,
    /the address is kept for the container 000000000000/,
  );
  assert.equal((await runBrig(["network", "check", "--repair"], { root })).code, 0);
  assert.deepEqual(leasesOfOwn(), ["10.200.1.2"]);
  symlinkSync("0".repeat(64), lease);
  const flags = ["run", "--rm", "--ulimit", "nofile=1024:1024", "--network", "own", "--ip", "10.200.1.3", image];
  assert.match(await ok(...flags, "ip", "addr", "show", "dev", "eth0"), /inet 10\.200\.1\.3/);
  assert.deepEqual(leasesOfOwn(), ["10.200.1.2"]);
});

test("an address that a connect which was killed took for a container is said and made free", async () => {
  const lease = `${root.root}/networks/own/leases/10.200.1.9`;
  await mended(
    async () => symlinkSync(await ok("inspect", "-f", "{{.Id}}", "one"), lease),
    /10\.200\.1\.9: .*kept for the container [0-9a-f]{12}, which does not have it/,
  );
  assert.deepEqual(leasesOfOwn(), ["10.200.1.2"]);
});

test("a port that leads to an address without a running container is said and withdrawn", () =>
  mended(
    () =>
      runTool("nft", [
        "add element inet brig address4 { tcp . 8099 : 10.200.0.99 } ; add element inet brig port4 { tcp . 8099 : 80 }",
      ]),
    /0\.0\.0\.0:8099\/tcp.*leads to 10\.200\.0\.99, and no running container publishes it/,
  ));

test("published ports follow the address that they lead to when networks come and go", async () => {
  const ports = () => runTool("nft", ["list", "map", "inet", "brig", "address4"]);
  await ok("network", "create", "later");
  await ok("run", "-d", "--name", "web", "-p", "8077:80", "--ulimit", "nofile=1024:1024", image, "sleep", "1000");
  try {
    assert.match(await ports(), /8077 : 10\.200\.0\./);
    await ok("network", "connect", "later", "web");
    assert.match(await ports(), /8077 : 10\.200\.0\./);
    await ok("network", "disconnect", "bridge", "web");
    const address = await ok("inspect", "-f", "{{.NetworkSettings.Networks.later.IPAddress}}", "web");
    assert.match(await ports(), new RegExp(`8077 : ${address.replaceAll(".", "\\.")}\\b`));
    await ok("network", "disconnect", "later", "web");
    assert.doesNotMatch(await ports(), /8077/);
    await ok("network", "connect", "later", "web");
    assert.match(await ports(), /8077 : 10\.200\./);
    assert.equal((await runBrig(["network", "check"], { root })).code, 0);
    await ok("stop", "-t", "0", "web");
    assert.doesNotMatch(await ports(), /8077/);
  } finally {
    await ok("rm", "-f", "web");
    await ok("network", "rm", "later");
  }
});

test("a start with published ports after the rules were flushed", async () => {
  await runTool("nft", ["flush", "ruleset"]);
  const flags = ["run", "--rm", "-p", "8078:80", "--ulimit", "nofile=1024:1024", image, "true"];
  const refused = await runBrig(flags, { root });
  assert.equal(refused.code, 125);
  assert.match(refused.stderr, /^hint: .*brig network check/m);
  assert.equal((await runBrig(["network", "check", "--repair"], { root })).code, 0);
  await ok(...flags);
});

test("a removal that was killed half-way is finished", async () => {
  await ok("network", "create", "gone");
  await ok("run", "--rm", "--ulimit", "nofile=1024:1024", "--network", "gone", image, "true");
  const id = await ok("network", "inspect", "-f", "{{.Id}}", "gone");
  renameSync(`${root.root}/networks/gone`, `${root.root}/networks/.${id}.gone`);
  const found = await runBrig(["network", "check"], { root });
  assert.match(found.stdout, /the removal of the network was interrupted/);
  assert.equal((await runBrig(["network", "check", "--repair"], { root })).code, 0);
  assert.doesNotMatch(await bridges(), new RegExp(`br-${id.slice(0, 12)}`));
  assert.doesNotMatch(await ruleset(), new RegExp(`br-${id.slice(0, 12)}`));
});
