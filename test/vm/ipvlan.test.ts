import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { servedBusyboxRoot, timeoutMs } from "../support/busyboxRegistry.ts";
import { lanAddress, neighbourAddress } from "../support/lan.ts";
import { loadModule, machineTest } from "../support/machine.ts";
import {
  answerAt,
  askFrom,
  connectPeer,
  endPeer,
  ip,
  type Peer,
  runAt,
  startPeer,
  type Vantage,
} from "../support/vantage.ts";

const needs = { controllers: [], link: "ipvlan" } as const;
const port = 7000;
/** An emulated machine takes its time. */
const patienceMs = 60_000;

let root: TestRoot;
let image: string;
let neighbour: Peer;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
  neighbour = await startPeer();
  const hasIpv6 = loadModule("ipv6"); // not every kernel to try this on has it
  const [here, there] = [lanAddress, neighbourAddress].map((address) => [
    `${address[4]}/24`,
    ...(hasIpv6 ? [`${address[6]}/64`] : []),
  ]);
  const gateways = [lanAddress[4], ...(hasIpv6 ? [lanAddress[6]] : [])];
  await connectPeer(neighbour, { name: "lan0", here: here ?? [], there: there ?? [], gateways });
});

afterEach(async () => {
  await runBrig(["rm", "-f", "one", "two"], { root, timeoutMs });
  await runBrig(["network", "rm", "lan"], { root, timeoutMs });
});

after(async () => {
  await endPeer(neighbour);
  disposeRoot(root);
});

const ok = async (...args: readonly string[]) => (await brigOk(args, { root, timeoutMs })).stdout.trim();

/** A network of the parent `lan0`, which leads to the neighbour. */
const createNetwork = (...flags: readonly string[]) =>
  ok("network", "create", "-d", "ipvlan", "-o", "parent=lan0", ...flags, "lan");

async function start(name: string, ...flags: readonly string[]): Promise<Vantage> {
  await ok("run", "-d", "--name", name, ...flags, image, "sleep", "100000");
  return { pid: Number(await ok("inspect", "-f", "{{.State.Pid}}", name)) };
}

/** What a server answers to tcp and udp: the address that it saw. */
async function seenAt(server: Vantage, from: Vantage, address: string): Promise<readonly string[]> {
  const { child } = await answerAt(server, [port]);
  try {
    const questions = (["tcp", "udp"] as const).map((protocol) => ({ protocol, address, port }));
    return await askFrom(from, questions, patienceMs);
  } finally {
    await endPeer({ pid: child.pid ?? 0, child });
  }
}

const both = (address: string) => [address, address];

machineTest("ipvlan in mode l2 puts containers on the LAN, with the Ethernet address of the host", needs, async () => {
  const [gateway, range] = [neighbourAddress[4], "192.0.2.128/25"];
  await createNetwork("--subnet", "192.0.2.0/24", "--ip-range", range, "--gateway", gateway);
  const one = await start("one", "--network", "lan");
  const parent = /link\/ether (\S+)/.exec(await ip("link show dev lan0"))?.[1] ?? "none";
  const inside = await runAt(one, ["ip", "addr", "show", "dev", "eth0"]);
  assert.match(inside, new RegExp(`link/ether ${parent} [\\s\\S]*inet 192\\.0\\.2\\.128/24`));
  assert.match(await runAt(one, ["ip", "route"]), /^default via 192\.0\.2\.9 dev eth0/);
  assert.deepEqual(await seenAt(neighbour, one, gateway), both("192.0.2.128"));
  assert.deepEqual(await seenAt(one, neighbour, "192.0.2.128"), both(gateway));
  const two = await start("two", "--network", "lan");
  assert.deepEqual(await seenAt(one, two, "192.0.2.128"), both("192.0.2.129"));
  assert.match(await ok("exec", "two", "cat", "/etc/hosts"), /192\.0\.2\.128\tone /);
});

machineTest("ipvlan in mode l3 routes through the host's interface", needs, async () => {
  await createNetwork("-o", "ipvlan_mode=l3", "--subnet", "10.77.0.0/24");
  const one = await start("one", "--network", "lan,ip=10.77.0.5");
  const two = await start("two", "--network", "lan");
  assert.match(await runAt(one, ["ip", "route"]), /^default dev eth0/);
  assert.deepEqual(await seenAt(neighbour, one, neighbourAddress[4]), both("10.77.0.5"));
  assert.deepEqual(await seenAt(one, neighbour, "10.77.0.5"), both(neighbourAddress[4]));
  const other = await ok("inspect", "-f", "{{.NetworkSettings.Networks.lan.IPAddress}}", "two");
  assert.deepEqual(await seenAt(one, two, "10.77.0.5"), both(other));
});

machineTest("ipvlan takes no Ethernet address, and comes and goes while a container runs", needs, async () => {
  await createNetwork("--subnet", "192.0.2.0/24", "--ip-range", "192.0.2.128/25");
  const mac = ["--network", "lan", "--mac-address", "02:00:00:00:00:aa"];
  const refused = await runBrig(["run", "--rm", ...mac, image, "true"], { root, timeoutMs });
  assert.match(refused.stderr, /ipvlan interfaces have the Ethernet address of their parent/);
  const one = await start("one", "--network", "none");
  assert.notEqual((await runBrig(["network", "connect", "lan", "one"], { root, timeoutMs })).code, 0);
  await ok("rm", "-f", "one");
  await createOther();
  try {
    const moved = await start("one", "--network", "other");
    assert.notEqual(moved.pid, one.pid);
    await ok("network", "connect", "--ip", "192.0.2.200", "lan", "one");
    assert.deepEqual(await seenAt(moved, neighbour, "192.0.2.200"), both(neighbourAddress[4]));
    await ok("network", "disconnect", "lan", "one");
    assert.doesNotMatch(await runAt(moved, ["ip", "addr"]), /192\.0\.2\.200/);
  } finally {
    await runBrig(["rm", "-f", "one"], { root, timeoutMs });
    await ok("network", "rm", "other");
  }
});

machineTest("ipvlan in mode l3 routes IPv6, too", { ...needs, ipv6: true }, async () => {
  const subnets = ["--subnet", "10.77.0.0/24", "--ipv6", "--subnet", "fd00:77::/64"];
  await createNetwork("-o", "ipvlan_mode=l3", ...subnets);
  const one = await start("one", "--network", "lan,ip6=fd00:77::5");
  assert.deepEqual(await seenAt(neighbour, one, neighbourAddress[6]), both("fd00:77::5"));
  assert.deepEqual(await seenAt(one, neighbour, "fd00:77::5"), both(neighbourAddress[6]));
});

/** Another network of the same parent, which both have to share one mode. */
const createOther = () =>
  ok("network", "create", "-d", "ipvlan", "-o", "parent=lan0", "--subnet", "198.51.100.0/24", "other");
