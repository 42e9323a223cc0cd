// @regression V72 addresses of containers
// @wrong A neighbour of the host reached a container's own address, published or not.
// @defence Packets for a container that do not come from its bridge are dropped before routing.
// @regression V73 CVE-2021-20199
// @wrong Published ports hid where a client came from, or were open where they should not be.
// @defence Addresses of clients are kept, and the loopback is reached from the host alone.
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { lanAddress, neighbourAddress, startNeighbour } from "../../support/lan.ts";
import { runTool } from "../../support/programs.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import {
  answerAt,
  askFrom,
  endPeer,
  type Peer,
  type Question,
  runAt,
  thisHost,
  type Vantage,
} from "../../support/vantage.ts";

let root: TestRoot;
let neighbour: Peer;
let image: string;
const servers: { readonly child: Peer["child"] }[] = [];
const places: Record<string, Vantage> = {};
const addresses: Record<string, { readonly 4: string; readonly 6: string }> = {};

const gateway = { 4: "10.201.1.1", 6: "fd00:201:1::1" } as const;
const ok = async (...args: readonly string[]) => (await brigOk(args, { root })).stdout.trim();

async function startContainer(name: string, network: string, ...flags: readonly string[]): Promise<void> {
  const limits = ["--ulimit", "nofile=1024:1024"];
  await ok("run", "-d", "--name", name, "--network", network, ...limits, ...flags, image, "sleep", "100000");
  const format = `{{.State.Pid}} {{with index .NetworkSettings.Networks "${network}"}}{{.IPAddress}} {{.GlobalIPv6Address}}{{end}}`;
  const [pid = "", four = "", six = ""] = (await ok("inspect", "-f", format, name)).split(" ");
  places[name] = { pid: Number(pid) };
  addresses[name] = { 4: four, 6: six };
}

before(async () => {
  ({ root, image } = await busyboxRoot());
  neighbour = await startNeighbour();
  places.neighbour = neighbour;
  places.host = thisHost;
  const network = (name: string, number: number, ...flags: readonly string[]) => {
    const subnets = ["--subnet", `10.201.${number}.0/24`, "--subnet", `fd00:201:${number}::/64`];
    return ok("network", "create", "--ipv6", ...subnets, ...flags, name);
  };
  await network("one", 1);
  await network("two", 2);
  await network("closed", 3, "--internal");
  const published = ["8080:80", "8080:80/udp"];
  const onLoopback = ["127.0.0.1:8081:80", "127.0.0.1:8081:80/udp", "[::1]:8081:80", "[::1]:8081:80/udp"];
  await startContainer("server", "one", ...[...published, ...onLoopback].flatMap((port) => ["-p", port]));
  await startContainer("peer", "one");
  await startContainer("other", "two");
  await startContainer("shut", "closed");
  // The kernel, not the lack of a route, must be what keeps it in.
  for (const via of ["10.201.3.1", "fd00:201:3::1"])
    await runAt(places.shut ?? thisHost, ["ip", "route", "add", "default", "via", via]);
  for (const [name, ports] of [
    ["server", [80, 81]],
    ["shut", [80]],
  ] as const) {
    servers.push(await answerAt(places[name] ?? thisHost, ports));
  }
});

after(async () => {
  for (const { child } of servers) await endPeer({ pid: child.pid ?? 0, child });
  await endPeer(neighbour);
  await ok("rm", "-f", "server", "peer", "other", "shut");
  disposeRoot(root);
});

type Row = Readonly<Record<string, string>>;

/**
 * Asks one question in both families with both protocols, from a place; the answers by `4 tcp`. What was silent is asked once
 * more, and waited for as long as a busy machine may need, where the expected row has an answer.
 */
async function ask(
  from: string,
  question: (family: 4 | 6) => Omit<Question, "protocol">,
  expected: Row = {},
): Promise<Row> {
  const asked = ([4, 6] as const).flatMap((family) =>
    (["tcp", "udp"] as const).map((protocol) => ({ name: `${family} ${protocol}`, protocol, ...question(family) })),
  );
  const place = places[from] ?? thisHost;
  const answers = await askFrom(place, asked);
  const row = new Map(asked.map(({ name }, index) => [name, answers[index] ?? ""]));
  const late = asked.filter(({ name }) => row.get(name) === "silence" && expected[name] !== "silence");
  const again = late.length === 0 ? [] : await askFrom(place, late, 20_000);
  for (const [index, { name }] of late.entries()) row.set(name, again[index] ?? "");
  return Object.fromEntries(row);
}

async function assertAnswers(
  from: string,
  { question, expected, what = from }: { question: Parameters<typeof ask>[1]; expected: Row; what?: string },
): Promise<void> {
  assert.deepEqual(await ask(from, question, expected), expected, what);
}

/** The same answer for both protocols. */
function row(four: string, six: string): Row {
  return { "4 tcp": four, "4 udp": four, "6 tcp": six, "6 udp": six };
}

const all = (answer: string) => row(answer, answer);
const sees = (address: { readonly 4: string; readonly 6: string } | undefined) =>
  row(address?.[4] ?? "", address?.[6] ?? "");
const onHost = (port: number) => (family: 4 | 6) => ({ address: lanAddress[family], port });
const direct = (port: number) => (family: 4 | 6) => ({ address: addresses.server?.[family] ?? "", port });
const onLoopback = (port: number) => (family: 4 | 6) => ({ address: family === 4 ? "127.0.0.1" : "::1", port });

/** Whether bridges ask the rules of IP, which is so once the module br_netfilter is loaded, and per network namespace. */
function setBridgeFilter(on: boolean): boolean {
  const files = ["iptables", "ip6tables"].map((name) => `/proc/sys/net/bridge/bridge-nf-call-${name}`);
  if (!files.every((file) => existsSync(file))) return false;
  for (const file of files) writeFileSync(file, on ? "1" : "0");
  return true;
}

for (const filtered of [false, true]) {
  const how = filtered ? "with rules inside of bridges" : "without rules inside of bridges";

  test(`a published port is reached from everywhere, and remote clients keep their address, ${how}`, async () => {
    if (!setBridgeFilter(filtered) && filtered) return;
    await assertAnswers("host", { question: onHost(8080), expected: sees(lanAddress) });
    await assertAnswers("neighbour", { question: onHost(8080), expected: sees(neighbourAddress) });
    await assertAnswers("other", { question: onHost(8080), expected: sees(addresses.other) });
    await assertAnswers("peer", { question: onHost(8080), expected: sees(gateway), what: "by hairpin" });
    await assertAnswers("server", { question: onHost(8080), expected: sees(gateway), what: "its own" });
    await assertAnswers("shut", {
      question: onHost(8080),
      expected: all("silence"),
      what: "out of an internal network nothing leads",
    });
  });

  test(`from the host's loopback a published port is reached, ${how}`, async () => {
    if (!setBridgeFilter(filtered) && filtered) return;
    // With them an answer has ::1 for its destination before the kernel has taken it in, and is dropped (ip6_rcv_core).
    const expected = row(gateway[4], filtered ? "silence" : gateway[6]);
    await assertAnswers("host", { question: onLoopback(8080), expected });
    await assertAnswers("host", { question: onLoopback(8081), expected });
  });

  test(`a port published on the loopback is reached from nowhere else, ${how}`, async () => {
    if (!setBridgeFilter(filtered) && filtered) return;
    for (const from of ["host", "neighbour", "other", "peer", "server"]) {
      await assertAnswers(from, { question: onHost(8081), expected: all("refused") });
    }
  });

  test(`the container's own address is for its network and the host, published or not, ${how}`, async () => {
    if (!setBridgeFilter(filtered) && filtered) return;
    for (const port of [80, 81]) {
      await assertAnswers("host", { question: direct(port), expected: sees(gateway) });
      await assertAnswers("peer", { question: direct(port), expected: sees(addresses.peer) });
      await assertAnswers("other", { question: direct(port), expected: all("silence"), what: "another network" });
      await assertAnswers("neighbour", {
        question: direct(port),
        expected: all("silence"),
        what: "a neighbour with a route",
      });
      await assertAnswers("shut", { question: direct(port), expected: all("silence"), what: "an internal network" });
    }
  });

  test(`an internal network is reached by its host alone, ${how}`, async () => {
    if (!setBridgeFilter(filtered) && filtered) return;
    const inside = (family: 4 | 6) => ({ address: addresses.shut?.[family] ?? "", port: 80 });
    await assertAnswers("host", { question: inside, expected: row("10.201.3.1", "fd00:201:3::1") });
    for (const from of ["peer", "neighbour"]) await assertAnswers(from, { question: inside, expected: all("silence") });
  });
}

test("what is not published is refused by the host itself", async () => {
  for (const from of ["host", "neighbour", "peer"])
    await assertAnswers(from, { question: onHost(81), expected: all("refused") });
});

test("nobody reaches the host's loopback through a bridge or a cable, though the bridges route its addresses", async () => {
  const host = await answerAt(thisHost, [9999]);
  try {
    writeFileSync("/proc/sys/net/ipv4/conf/lan0/route_localnet", "1");
    for (const [from, via] of [
      ["neighbour", lanAddress],
      ["peer", gateway],
    ] as const) {
      await sendLoopbackAway(places[from] ?? thisHost, via);
      await assertAnswers(from, { question: onLoopback(9999), expected: all("silence") });
    }
    // Only the rules are in the way: without them the same packets arrive.
    await runTool("nft", ["flush", "chain", "inet", "brig", "guard"]);
    assert.equal((await ask("peer", onLoopback(9999)))["4 tcp"], addresses.peer?.[4]);
  } finally {
    await endPeer({ pid: host.child.pid ?? 0, child: host.child });
  }
});

/** Lets a place take 127.0.0.1 and ::1 for addresses of its router, as an attacker with all rights there would. */
async function sendLoopbackAway(place: Vantage, via: { readonly 4: string; readonly 6: string }): Promise<void> {
  const script = [
    "ip addr del 127.0.0.1/8 dev lo",
    `ip route add 127.0.0.1/32 via ${via[4]} dev eth0`,
    "ip -6 addr del ::1/128 dev lo",
    `ip -6 route add ::1/128 via ${via[6]} dev eth0`,
    // It cannot say so in its own /proc/sys, which is this host's: the sysctl tool is asked inside.
    "sysctl -qw net.ipv4.conf.all.route_localnet=1 net.ipv4.conf.eth0.route_localnet=1",
  ].join(" && ");
  await runAt(place, ["sh", "-c", script]);
}
