import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { runTool } from "../../support/programs.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { eventually } from "../../support/services.ts";

let root: TestRoot;
let image: string;
const limits = ["--ulimit", "nofile=1024:1024"];

/** A neighbour on the host's LAN (192.0.2.0/24 and 2001:db8::/64) that knows no way to containers. */
const lan = [
  "ip netns add NAME",
  "ip link add lan0 type veth peer name eth0 netns NAME",
  "ip addr add 192.0.2.1/24 dev lan0",
  "ip -6 addr add 2001:db8::1/64 dev lan0 nodad",
  "ip link set lan0 up",
  "ip -n NAME addr add 192.0.2.9/24 dev eth0",
  "ip -n NAME -6 addr add 2001:db8::9/64 dev eth0 nodad",
  "ip -n NAME link set lo up",
  "ip -n NAME link set eth0 up",
];
const neighbour = `neighbour-${process.pid}`;

before(async () => {
  ({ root, image } = await busyboxRoot());
  for (const line of lan) {
    const [program = "", ...args] = line.replaceAll("NAME", neighbour).split(" ");
    await runTool(program, args);
  }
});

afterEach(async () => {
  await runBrig(["rm", "-f", "one", "two"], { root });
});

after(async () => {
  await runTool("ip", ["netns", "del", neighbour]);
  disposeRoot(root);
});

const ok = async (...args: readonly string[]) => (await brigOk(args, { root })).stdout.trim();
const start = (name: string, ...flags: readonly string[]) =>
  ok("run", "-d", "--name", name, ...limits, ...flags, image, "sleep", "100000");
const inNeighbour = (...argv: readonly string[]) => runTool("ip", ["netns", "exec", neighbour, ...argv]);

/** Serves one connection in the neighbour and says whom it came from, once a container asked for it. */
async function peerSeenBy(family: "-4" | "-6", ask: () => Promise<unknown>): Promise<string> {
  const address = family === "-4" ? "192.0.2.9" : "2001:db8::9";
  const script = [
    "import socket,sys",
    "s=socket.create_server((sys.argv[1],7000),family=socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)",
    "print('ready',flush=True)",
    "s.settimeout(90)",
    "c,peer=s.accept()",
    "c.sendall(b'found\\n')",
    "print(peer[0])",
  ].join("\n");
  const served = inNeighbour("python3", "-c", script, address);
  await waitUntilListening(address);
  await ask();
  return (await served).split("\n")[1] ?? "";
}

async function waitUntilListening(address: string): Promise<void> {
  const place = address.includes(":") ? `[${address}]:7000` : `${address}:7000`;
  await eventually(
    () => inNeighbour("ss", "-Hltn", "src", place),
    (listening) => listening !== "",
  );
}

test("what goes outside has the host's address, in both families, and an internal network has no way out", async () => {
  await ok("network", "create", "--ipv6", "both");
  await start("one", "--network", "both");
  const ask = (address: string) => () => ok("exec", "one", "nc", "-w", "60", address, "7000");
  assert.equal(await peerSeenBy("-4", ask("192.0.2.9")), "192.0.2.1");
  assert.equal(await peerSeenBy("-6", ask("2001:db8::9")), "2001:db8::1");
  await ok("network", "create", "--internal", "inner");
  await start("two", "--network", "inner");
  assert.doesNotMatch(await ok("exec", "two", "ip", "route"), /default/);
  const forced = [
    "exec",
    "--privileged",
    "two",
    "sh",
    "-c",
    "ip route add default via 10.200.2.1 && nc -w 1 192.0.2.9 7000",
  ];
  assert.notEqual((await runBrig(forced, { root })).code, 0);
});

test("nobody outside reaches a container's own address", async () => {
  await start("one");
  await inNeighbour("ip", "route", "replace", "10.200.0.0/24", "via", "192.0.2.1");
  await ok("exec", "-d", "one", "nc", "-l", "-p", "7000");
  const inside = ["-t", await ok("inspect", "-f", "{{.State.Pid}}", "one"), "-n", "ss", "-Hltn", "sport", "=", ":7000"];
  await eventually(
    () => runTool("nsenter", inside),
    (listening) => listening !== "",
  );
  const reached = await inNeighbour(
    "python3",
    "-c",
    "import socket;socket.create_connection(('10.200.0.2',7000),2)",
  ).then(
    () => true,
    () => false,
  );
  assert.equal(reached, false);
});

test("macvlan puts a container on the LAN itself, beside the host's neighbours", async () => {
  const subnet = ["--subnet", "192.0.2.0/24", "--ip-range", "192.0.2.128/25", "--gateway", "192.0.2.9"];
  await ok("network", "create", "-d", "macvlan", "-o", "parent=lan0", ...subnet, "lan");
  await start("one", "--network", "lan,mac-address=02:00:00:00:00:aa");
  assert.match(
    await ok("exec", "one", "ip", "addr", "show", "dev", "eth0"),
    /02:00:00:00:00:aa[\s\S]*inet 192\.0\.2\.128\/24/,
  );
  assert.match(await ok("exec", "one", "ip", "route"), /^default via 192\.0\.2\.9 dev eth0/);
  assert.equal(await peerSeenBy("-4", () => ok("exec", "one", "nc", "-w", "60", "192.0.2.9", "7000")), "192.0.2.128");
  await start("two");
  await ok("network", "connect", "lan", "two");
  assert.match(await ok("exec", "two", "ip", "addr", "show", "dev", "eth1"), /inet 192\.0\.2\.129\/24/);
  await ok("network", "disconnect", "lan", "two");
  assert.notEqual((await runBrig(["exec", "two", "ip", "link", "show", "dev", "eth1"], { root })).code, 0);
  await ok("rm", "-f", "one", "two");
  await ok("network", "rm", "lan");
});

test("a driver that this kernel lacks is said to be the reason, and nothing is left", async () => {
  await ok(
    "network",
    "create",
    "-d",
    "ipvlan",
    "-o",
    "parent=lan0",
    "-o",
    "ipvlan_mode=l3",
    "--subnet",
    "10.77.0.0/24",
    "ipv",
  );
  const { code, stdout, stderr } = await runBrig(["run", "--rm", ...limits, "--network", "ipv", image, "ip", "route"], {
    root,
  });
  if (code === 0) assert.match(stdout, /^default dev eth0/);
  else assert.match(stderr, /its network cannot be made: \/usr\/sbin\/ip: Error: Unknown device type\.\n/);
  assert.equal(await ok("ps", "-aq"), "");
  await ok("network", "rm", "ipv");
});

test("a rate limits both directions", async () => {
  await start("one", "--network", "bridge,rate=8mbit");
  assert.match(await runTool("tc", ["qdisc", "show"]), /qdisc tbf .* dev bv[0-9a-f]{12} root .* rate 8Mbit/);
  const [pid = ""] = [await ok("inspect", "-f", "{{.State.Pid}}", "one")];
  assert.match(
    await runTool("nsenter", ["-t", pid, "-n", "tc", "qdisc", "show", "dev", "eth0"]),
    /qdisc tbf .* rate 8Mbit/,
  );
});

test("what was connected while a container ran stays so when its policy starts it again", async () => {
  await ok("network", "create", "late");
  await start("one", "--restart", "always");
  await ok("network", "connect", "late", "one");
  await ok("network", "disconnect", "bridge", "one");
  const pid = await ok("inspect", "-f", "{{.State.Pid}}", "one");
  await runTool("kill", ["-9", pid]);
  await eventually(
    () => ok("inspect", "-f", "{{.State.Pid}}", "one"),
    (again) => again !== pid && again !== "0",
  );
  const shown = await ok("exec", "one", "ip", "-br", "-4", "addr").catch(() => ok("exec", "one", "ip", "-4", "addr"));
  assert.match(shown, /eth1/);
  assert.doesNotMatch(shown, /eth0/);
  assert.match(await ok("exec", "one", "ip", "route"), /^default via .* dev eth1/);
});
