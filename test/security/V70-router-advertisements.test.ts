// @regression V70 CVE-2020-13401
// @wrong A container declared itself the router of the network, and was believed.
// @defence Bridges and interfaces accept no advertisements, and the rules drop those that come from containers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brigOk, disposeRoot, type TestRoot } from "../support/brig.ts";
import { runTool } from "../support/programs.ts";
import { busyboxRoot } from "../support/pulledRoot.ts";
import { eventually } from "../support/services.ts";
import { askFrom, runAt, thisHost, type Vantage } from "../support/vantage.ts";

// CVE-2020-13401: a container that says it is a router is believed neither by the host nor by other containers, on
// networks with IPv6 and without it.

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

const ok = async (...args: readonly string[]) => (await brigOk(args, { root })).stdout.trim();

interface Member extends Vantage {
  readonly address: string;
}

async function start(name: string, network: string): Promise<Member> {
  await ok("run", "-d", "--name", name, "--network", network, "--cap-add", "NET_RAW", image, "sleep", "100000");
  const format = `{{.State.Pid}} {{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
  const [pid, address = ""] = (await ok("inspect", "-f", format, name)).split(" ");
  return { pid: Number(pid), address };
}

/** A whole frame, because a namespace without IPv6 makes no such packets itself; RFC 4861, 4.2 and 4.6.2. */
const advertise = `
import socket, struct
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
src, dst = socket.inet_pton(socket.AF_INET6, "fe80::bad"), socket.inet_pton(socket.AF_INET6, "ff02::1")
prefix = struct.pack("!BBBBIII16s", 3, 4, 64, 0xC0, 86400, 14400, 0, socket.inet_pton(socket.AF_INET6, "2001:db8:bad::"))
body = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix
total = sum(struct.unpack("!%dH" % ((40 + len(body)) // 2), src + dst + struct.pack("!II", len(body), 58) + body))
total = (total & 0xFFFF) + (total >> 16)
check = 0xFFFF & ~((total & 0xFFFF) + (total >> 16))
body = body[:2] + struct.pack("!H", check) + body[4:]
ip = struct.pack("!IHBB", 6 << 28, len(body), 58, 255) + src + dst
s.send(bytes.fromhex("333300000001") + s.getsockname()[4] + b"\\x86\\xdd" + ip + body)
`;

/** What an advertisement could change, as far as it is there at this moment. */
async function learnt(place: Vantage): Promise<string> {
  const shown = await Promise.all([["addr"], ["route"]].map((words) => runAt(place, ["ip", "-6", ...words])));
  return shown
    .join("")
    .split("\n")
    .filter((line) => /2001:db8:bad|fe80::bad/.test(line))
    .join("\n");
}

/** An answer to a question that was sent after the frame says that the frame was dealt with: both take one way. */
async function send(from: Member, to: Member, gateway: string): Promise<void> {
  await runAt(from, ["python3", "-c", advertise]);
  const questions = [to.address, gateway].map((address) => ({ protocol: "tcp", address, port: 9 }) as const);
  assert.deepEqual(await askFrom(from, questions, 20_000), ["refused", "refused"]);
}

for (const [name, flags, third] of [
  ["plain", [], 1],
  ["six", ["--ipv6", "--subnet", "fd00:70::/64"], 2],
] as const) {
  test(`nobody believes a container on the network "${name}" that says it is a router`, async () => {
    const gateway = `10.203.${third}.1`;
    const id = await ok("network", "create", "--subnet", `10.203.${third}.0/24`, ...flags, name);
    const bridge = `br-${id.slice(0, 12)}`;
    const [attacker, victim] = [await start("attacker", name), await start("victim", name)];
    try {
      await send(attacker, victim, gateway);
      assert.equal(await learnt(victim), "");
      assert.equal(await learnt(thisHost), "");
      // The same frame is believed where nothing that brig has done is in the way.
      const believe = (dev: string) => ["disable_ipv6=0", "accept_ra=2"].map((set) => `net.ipv6.conf.${dev}.${set}`);
      await runAt(victim, ["sysctl", "-qw", ...believe("eth0")]);
      await runTool("sysctl", ["-qw", ...believe(bridge)]);
      await runTool("nft", ["flush", "chain", "inet", "brig", "advertised"]);
      await send(attacker, victim, gateway);
      await eventually(
        () => learnt(victim),
        (text) => text.includes("default via fe80::bad dev eth0"),
      );
      await eventually(
        () => learnt(thisHost),
        (text) => text.includes(`default via fe80::bad dev ${bridge}`),
      );
    } finally {
      await ok("rm", "-f", "attacker", "victim");
      await ok("network", "rm", name);
    }
  });
}
