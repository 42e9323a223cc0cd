import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { runTool } from "../../support/programs.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { eventually } from "../../support/services.ts";

let root: TestRoot;
let image: string;
const sleep = ["sleep", "100000"];
const limits = ["--ulimit", "nofile=1024:1024"];

before(async () => {
  ({ root, image } = await busyboxRoot());
});

afterEach(async () => {
  await runBrig(["rm", "-f", "one", "two", "three"], { root });
});

after(() => {
  disposeRoot(root);
});

const ok = async (...args: readonly string[]) => (await brigOk(args, { root })).stdout.trim();
const refused = async (...args: readonly string[]) => {
  const { code, stderr } = await runBrig(args, { root });
  assert.notEqual(code, 0, `brig ${args.join(" ")} succeeded`);
  return stderr;
};
const start = (name: string, ...flags: readonly string[]) =>
  ok("run", "-d", "--name", name, ...limits, ...flags, image, ...sleep);
const remove = (...names: readonly string[]) => ok("rm", "-f", ...names);
const addressOf = (name: string, network: string) =>
  ok("inspect", "-f", `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, name);
const interfaces = async () =>
  (await runTool("ip", ["-br", "link"])).split("\n").flatMap((line) => line.split(/[\s@]/)[0] || []);

/** One line from a server in a container, asked for by another. */
async function reaches(from: string, to: string, address: string): Promise<boolean> {
  await ok("exec", "-d", to, "sh", "-c", `echo found | nc -l -p 7000`);
  const asked = await eventually(
    () => runBrig(["exec", from, "nc", "-w", "2", address, "7000"], { root }),
    ({ stdout }) => stdout === "found\n",
  );
  return asked.code === 0;
}

test("containers of the default bridge have addresses, a gateway and each other", async () => {
  await start("one");
  await start("two");
  assert.equal(await addressOf("one", "bridge"), "10.200.0.2");
  assert.equal(await addressOf("two", "bridge"), "10.200.0.3");
  assert.match(await ok("exec", "one", "ip", "route"), /^default via 10\.200\.0\.1 dev eth0/);
  assert.equal(await reaches("one", "two", "10.200.0.3"), true);
  const details = JSON.parse(await ok("network", "inspect", "bridge"));
  assert.deepEqual(details[0].IPAM.Config, [{ Subnet: "10.200.0.0/24", Gateway: "10.200.0.1" }]);
  assert.equal(Object.keys(details[0].Containers).length, 2);
  await remove("one", "two");
  await eventually(interfaces, (names) => names.join() === "lo,brig0");
});

test("a container keeps its address when it is started again, and gives it back when it is removed", async () => {
  await start("one");
  await ok("stop", "-t", "0", "one");
  await start("two");
  assert.equal(await addressOf("two", "bridge"), "10.200.0.3");
  await ok("start", "one");
  assert.equal(await addressOf("one", "bridge"), "10.200.0.2");
  await remove("one", "two");
  await start("three");
  assert.equal(await addressOf("three", "bridge"), "10.200.0.2");
  await remove("three");
});

test("a restart policy makes the interface again", async () => {
  const flags = ["--restart", "always", "--name", "one", ...limits];
  await ok(
    "run",
    "-d",
    ...flags,
    image,
    "sh",
    "-c",
    "ip -4 addr show dev eth0; [ -e /again ] && exec sleep 1000; : > /again",
  );
  const stdout = await eventually(
    () => ok("logs", "one"),
    (text) => (text.match(/inet /g)?.length ?? 0) >= 2,
  );
  assert.equal(stdout.match(/inet 10\.200\.0\.2\/24/g)?.length, 2);
  await remove("one");
});

test("a user's network has the subnet, range, addresses and Ethernet addresses that were asked for", async () => {
  const auxiliary = ["--aux-address", "printer=10.51.0.129"];
  await ok(
    "network",
    "create",
    "--subnet",
    "10.51.0.0/24",
    "--ip-range",
    "10.51.0.128/25",
    "--gateway",
    "10.51.0.254",
    ...auxiliary,
    "own",
  );
  await start("one", "--network", "own");
  await start("two", "--network", "own,ip=10.51.0.7,mac-address=02:00:00:00:00:07,alias=seven");
  assert.equal(await addressOf("one", "own"), "10.51.0.128");
  assert.equal(await addressOf("two", "own"), "10.51.0.7");
  assert.match(await ok("exec", "two", "ip", "link", "show", "dev", "eth0"), /02:00:00:00:00:07/);
  assert.match(await ok("exec", "one", "ip", "route"), /^default via 10\.51\.0\.254/);
  await start("three", "--network", "own");
  assert.equal(await addressOf("three", "own"), "10.51.0.130");
  assert.match(
    await refused("run", "--rm", "--network", "own,ip=10.51.0.7", image, "true"),
    /^brig: Address already in use\n/m,
  );
  assert.match(
    await refused("run", "--rm", "--network", "own", "--ip", "10.52.0.7", image, "true"),
    /invalid IP address "10\.52\.0\.7"/,
  );
  assert.match(await refused("network", "rm", "own"), /network own has active endpoints/);
  await remove("one", "two", "three");
  await ok("network", "rm", "own");
  await eventually(interfaces, (names) => names.join() === "lo,brig0");
});

test("networks do not reach each other, and a container that is connected to both reaches both", async () => {
  await ok("network", "create", "left");
  await ok("network", "create", "right");
  await start("one", "--network", "left");
  await start("two", "--network", "right");
  const two = await addressOf("two", "right");
  assert.equal((await runBrig(["exec", "one", "nc", "-w", "1", two, "7000"], { root })).code, 1);
  await ok("network", "connect", "right", "one");
  assert.equal(await reaches("one", "two", two), true);
  assert.match(await ok("exec", "one", "ip", "-4", "addr", "show", "dev", "eth1"), /inet 10\.200\.2\.3/);
  await ok("network", "disconnect", "left", "one");
  assert.match(await ok("exec", "one", "ip", "route"), /^default via 10\.200\.2\.1 dev eth1/);
  assert.match(await refused("network", "disconnect", "left", "one"), /is not connected to network left/);
  await ok("restart", "-t", "0", "one");
  assert.equal(await addressOf("one", "right"), "10.200.2.3");
  assert.equal(await ok("ps", "--filter", "network=right", "--format", "{{.Names}}"), "two\none");
  await remove("one", "two");
  assert.equal(await ok("network", "prune", "-f"), "Deleted Networks:\nleft\nright");
});

test("with IPv6 there is an address of both families, without it none of IPv6 at all", async () => {
  await ok("network", "create", "--ipv6", "--subnet", "fd00:51::/64", "six");
  await start("one", "--network", "six");
  await start("two", "--network", "six", "--ip6", "fd00:51::77");
  assert.match(await ok("exec", "one", "ip", "-6", "addr", "show", "dev", "eth0"), /inet6 fd00:51::2\/64 scope global/);
  assert.match(await ok("exec", "one", "ip", "-6", "route"), /^default via fd00:51::1 dev eth0/m);
  assert.equal(await reaches("one", "two", "fd00:51::77"), true);
  await remove("one", "two");
  await ok("network", "rm", "six");
  assert.doesNotMatch(await ok("run", "--rm", ...limits, image, "ip", "addr", "show", "dev", "eth0"), /inet6/);
});

test("what cannot be is refused, and nothing of it stays", async () => {
  const before = await runTool("sh", ["-c", `ls -A ${root.root}/networks`]);
  assert.match(await refused("network", "create", "--subnet", "10.200.0.0/25", "bad"), /Pool overlaps with other one/);
  assert.match(await refused("network", "create", "--subnet", "10.60.0.1/24", "bad"), /it should be 10\.60\.0\.0\/24/);
  assert.match(await refused("network", "create", "--subnet", "nonsense", "bad"), /invalid CIDR address/);
  assert.match(
    await refused("network", "create", "--subnet", "10.60.0.0/24", "--gateway", "10.61.0.1", "bad"),
    /no matching subnet for gateway 10\.61\.0\.1/,
  );
  assert.match(await refused("network", "create", "--subnet", "fd00::/64", "bad"), /needs a network with IPv6/);
  assert.match(await refused("network", "create", "-o", "com.docker.network.driver.mtu=1", "bad"), /invalid MTU 1/);
  assert.match(await refused("network", "create", "-d", "overlay", "bad"), /there is no such driver/);
  assert.match(await refused("network", "create", "-d", "macvlan", "bad"), /needs an interface of the host/);
  assert.match(await refused("network", "create", "bridge"), /network with name bridge already exists/);
  assert.match(await refused("network", "create", "../bad"), /invalid network name/);
  assert.match(await refused("network", "rm", "bridge"), /pre-defined network/);
  assert.match(await refused("network", "rm", "gone"), /network gone not found/);
  assert.match(await refused("run", "--rm", "--network", "gone", image, "true"), /network gone not found/);
  assert.match(
    await refused("run", "--rm", "--network", "host", "--network", "bridge", image, "true"),
    /conflicting options/,
  );
  assert.match(
    await refused("run", "--rm", "--ip", "10.200.0.9", image, "true"),
    /supported on user defined networks only/,
  );
  assert.equal(await runTool("sh", ["-c", `ls -A ${root.root}/networks`]), before);
  assert.equal(await ok("ps", "-aq"), "");
  assert.equal(await runTool("sh", ["-c", `ls -A ${root.root}/networks/bridge/leases`]), "");
});

test("a container of another container's network shares its interfaces", async () => {
  await start("one");
  const shared = await ok(
    "run",
    "--rm",
    ...limits,
    "--network",
    "container:one",
    image,
    "ip",
    "-4",
    "addr",
    "show",
    "dev",
    "eth0",
  );
  assert.match(shared, /inet 10\.200\.0\.2\/24/);
  await remove("one");
});
