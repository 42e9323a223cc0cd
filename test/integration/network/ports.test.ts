import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout, debianRedisLayout } from "../../support/fixtures.ts";
import { lanAddress, neighbourAddress, startNeighbour } from "../../support/lan.ts";
import { monitorOf } from "../../support/monitors.ts";
import { runTool } from "../../support/programs.ts";
import { pulledRoot } from "../../support/pulledRoot.ts";
import { nginxLayout } from "../../support/serviceImages.ts";
import { askHttp, askRedis, eventually } from "../../support/services.ts";
import { endPeer, type Peer, runAt } from "../../support/vantage.ts";

let root: TestRoot;
let neighbour: Peer;
let reference: (name: string) => string;
const limits = ["--ulimit", "nofile=1024:1024"];
const names = ["one", "two", "web", "db"];

before(async () => {
  const made = await pulledRoot({
    busybox: { layout: await busyboxLayout(), tag: "latest" },
    redis: { layout: await debianRedisLayout(), tag: "latest" },
    nginx: { layout: await nginxLayout(), tag: "latest" },
  });
  ({ root, reference } = made);
  neighbour = await startNeighbour();
});

afterEach(async () => {
  await runBrig(["rm", "-f", ...names], { root });
});

after(async () => {
  await endPeer(neighbour);
  disposeRoot(root);
});

const ok = async (...args: readonly string[]) => (await brigOk(args, { root })).stdout.trim();
const sleeping = () => [reference("busybox"), "sleep", "100000"];

const start = (name: string, ...flags: readonly string[]) =>
  ok("run", "-d", "--name", name, ...limits, ...flags, ...sleeping());
const refusal = async (...args: readonly string[]) => {
  const { code, stderr } = await runBrig(args, { root });
  assert.notEqual(code, 0, `brig ${args.join(" ")} succeeded`);
  return stderr;
};
const elements = async (map: string) => {
  const listed: unknown = JSON.parse(await runTool("nft", ["-j", "list", "map", "inet", "brig", map]));
  return JSON.stringify(listed).match(/"concat"/g)?.length ?? 0;
};

test("a redis and an nginx answer at published ports, to this host and to a neighbour whose address they see", async () => {
  await ok(
    "run",
    "-d",
    "--name",
    "db",
    ...limits,
    "-p",
    "127.0.0.1:6390:6379",
    reference("redis"),
    "redis-server",
    "--protected-mode",
    "no",
  );
  assert.equal(await eventually(() => askRedis({ host: "127.0.0.1", port: 6390 }, "PING")), "+PONG\r\n");
  await ok("run", "-d", "--name", "web", ...limits, "-p", "8090:80", reference("nginx"));
  assert.equal((await eventually(() => askHttp({ host: lanAddress[4], port: 8090 }, "/"))).status, 200);
  const ask = `require("http").get("http://${lanAddress[4]}:8090/from-afar", (answer) => { console.log(answer.statusCode); process.exit(); })`;
  assert.equal((await runAt(neighbour, [process.execPath, "-e", ask])).trim(), "404");
  const { stdout } = await eventually(
    () => brigOk(["logs", "web"], { root }),
    (log) => log.stdout.includes("/from-afar"),
  );
  assert.match(stdout, new RegExp(`^${neighbourAddress[4].replaceAll(".", "\\.")} .*GET /from-afar`, "m"));
});

test("a two-tier application finds its database by link, and by name in a network of its own", async () => {
  const query = 'echo PING | nc -w 2 "$0" 6379';
  const server = ["redis-server", "--protected-mode", "no"];
  await ok("run", "-d", "--name", "db", ...limits, "--expose", "6379", reference("redis"), ...server);
  await start("web", "--link", "db:database");
  assert.equal(
    await eventually(
      () => ok("exec", "web", "sh", "-c", query, "database"),
      (answer) => answer !== "",
    ),
    "+PONG",
  );
  const variables = await ok("exec", "web", "sh", "-c", "tr '\\0' '\\n' < /proc/1/environ");
  assert.match(variables, /^DATABASE_PORT_6379_TCP_ADDR=10\.200\.0\.2$/m);
  assert.match(await ok("exec", "web", "env"), /^DATABASE_PORT_6379_TCP_ADDR=10\.200\.0\.2$/m);
  assert.equal(await ok("exec", "-e", "DATABASE_PORT=mine", "web", "sh", "-c", 'echo "$DATABASE_PORT"'), "mine");
  await ok("rm", "-f", "db", "web");
  await ok("network", "create", "tiers");
  await start("web", "--network", "tiers");
  await ok(
    "run",
    "-d",
    "--name",
    "db",
    "--network",
    "tiers",
    "--network-alias",
    "store",
    ...limits,
    reference("redis"),
    ...server,
  );
  for (const name of ["db", "store"]) {
    assert.equal(
      await eventually(
        () => ok("exec", "web", "sh", "-c", query, name),
        (answer) => answer !== "",
      ),
      "+PONG",
    );
  }
  await ok("rm", "-f", "db", "web");
  await ok("network", "rm", "tiers");
});

test("members of a network know who is there, by the same file all the time, and keep what a container adds", async () => {
  await ok("network", "create", "known");
  await start("one", "--network", "known");
  const hosts = () => ok("exec", "one", "cat", "/etc/hosts");
  const inode = () => ok("exec", "one", "stat", "-c", "%i", "/etc/hosts");
  const before = await inode();
  await ok("exec", "one", "sh", "-c", "echo 1.2.3.4 mine >> /etc/hosts");
  const id = await start("two", "--network", "known", "--network-alias", "second");
  assert.match(await hosts(), new RegExp(`\\ttwo ${id.slice(0, 12)} second$`, "m"));
  await ok("rename", "two", "db");
  assert.match(await hosts(), /\tdb /);
  assert.doesNotMatch(await hosts(), /\ttwo /);
  await ok("network", "disconnect", "known", "db");
  assert.doesNotMatch(await hosts(), /second/);
  await ok("network", "connect", "--alias", "again", "known", "db");
  assert.match(await hosts(), /again/);
  await ok("stop", "-t", "0", "db");
  await eventually(hosts, (text) => !text.includes("again"));
  assert.match(await hosts(), /1\.2\.3\.4 mine$/);
  assert.equal(await inode(), before);
  await ok("rm", "-f", "one", "db");
  await ok("network", "rm", "known");
});

test("a port in use is refused by who has it: a container, or a process", async () => {
  await start("one", "-p", "8091:80");
  const flags = ["run", "--rm", ...limits];
  const image = [reference("busybox"), "true"];
  assert.match(
    await refusal(...flags, "-p", "8091:81", ...image),
    /Bind for 0\.0\.0\.0:8091 failed: port is already allocated\nhint: the container "one" has it/,
  );
  const listen = 'require("net").createServer().listen(8092, "127.0.0.1", () => console.log("up"))';
  const child = spawn(process.execPath, ["-e", listen], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  try {
    const said = await refusal(...flags, "-p", "8092:81", ...image);
    assert.match(
      said,
      new RegExp(
        `failed to bind host port 0\\.0\\.0\\.0:8092/tcp: address already in use by "node" \\(process ${child.pid}\\)`,
      ),
    );
    assert.match(await ok("why", "port", "8092"), new RegExp(`the process ${child.pid} \\(node\\)`));
  } finally {
    child.kill();
    await once(child, "exit");
  }
  assert.deepEqual(await ok("ps", "-a", "--format", "{{.Names}} {{.Ports}}"), "one 0.0.0.0:8091->80/tcp");
});

test("ports are published and withdrawn while a container runs, and all are gone when it has ended", async () => {
  await ok("run", "-d", "--name", "web", ...limits, "-p", "8093:80", reference("nginx"));
  const get = (port: number) => askHttp({ host: "127.0.0.1", port }, "/");
  assert.equal((await eventually(() => get(8093))).status, 200);
  await ok("update", "--publish-add", "8094:80", "--publish-rm", "8093:80", "web");
  assert.equal((await get(8094)).status, 200);
  await assert.rejects(get(8093), { code: "ECONNREFUSED" });
  assert.equal(await ok("port", "web"), "80/tcp -> 0.0.0.0:8094");
  await start("one", "-p", "8093:80");
  assert.match(await refusal("update", "--publish-add", "8093:80", "web"), /port is already allocated/);
  assert.match(await refusal("update", "--publish-rm", "9999", "web"), /it is not published/);
  await ok("rm", "-f", "one");
  await ok("stop", "web");
  assert.equal(await elements("address4"), 0);
  assert.match(
    await ok("why", "port", "8094"),
    /"web", which does not run, published 0\.0\.0\.0:8094\/tcp\n.*brig start web$/s,
  );
  await ok("start", "web");
  assert.equal((await eventually(() => get(8094))).status, 200);
});

test("five hundred ports cost no process, and other tables stay as they are", async () => {
  await runTool("nft", ["add table inet other; add chain inet other c; add rule inet other c tcp dport 80 accept"]);
  const other = await runTool("nft", ["list", "table", "inet", "other"]);
  await start("two");
  const before = new Set(processesHere());
  const id = await ok("run", "-d", "--name", "one", ...limits, "-p", "20000-20499:1000-1499", ...sleeping());
  assert.equal(await elements("address4"), 500);
  const fresh = async () => processesHere().filter((pid) => !before.has(pid));
  assert.deepEqual(await eventually(fresh, ({ length }) => length === 1), [monitorOf(root, id)]);
  assert.match(await ok("port", "one", "1499"), /^0\.0\.0\.0:20499$/);
  await ok("rm", "-f", "one");
  assert.equal(await elements("address4"), 0);
  assert.equal(await runTool("nft", ["list", "table", "inet", "other"]), other);
});

/** The processes in this test's own network namespace. */
function processesHere(): readonly number[] {
  const own = readlinkSync("/proc/self/ns/net");
  const pids = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && namespaceOf(pid) === own);
  return pids.map(Number);
}

function namespaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return ""; // it has ended
  }
}

test("after somebody flushed all rules, the check says so and brings the ports back", async () => {
  await ok("run", "-d", "--name", "web", ...limits, "-p", "8095:80", reference("nginx"));
  const get = () => askHttp({ host: "127.0.0.1", port: 8095 }, "/");
  await eventually(get);
  await runTool("nft", ["flush", "ruleset"]);
  await assert.rejects(get());
  assert.match(await ok("why", "port", "8095"), /the kernel has no rule for it/);
  const checked = await runBrig(["network", "check"], { root });
  assert.match(checked.stdout + checked.stderr, /0\.0\.0\.0:8095\/tcp leads nowhere/);
  await runBrig(["network", "check", "--repair"], { root });
  assert.equal((await get()).status, 200);
  assert.match(await ok("why", "port", "8095/udp"), /the container "web" publishes 0\.0\.0\.0:8095\/tcp/);
});

test("brig why port says which table of somebody else keeps packets away", async () => {
  await start("one", "-p", "8096:80");
  assert.doesNotMatch(await ok("why", "port", "8096"), /policy/);
  const policy = "add chain ip somebody FORWARD { type filter hook forward priority 0 ; policy drop ; }";
  await runTool("nft", [`add table ip somebody; ${policy}`]);
  assert.match(await ok("why", "port", "8096"), /the policy of ip somebody FORWARD drops those of brig0/);
  await runTool("nft", ["delete table ip somebody"]);
  await ok("rm", "-f", "one");
});
