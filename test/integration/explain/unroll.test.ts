import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  mkdirSync(join(root.directory, "data"));
  writeFileSync(join(root.directory, "data", "file"), "content\n");
});

after(() => disposeRoot(root));

/** What a payload can see of its container. */
const look = `
id; umask; pwd; hostname; cat /etc/hosts /etc/hostname /etc/resolv.conf; env | sort
grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs)' /proc/self/status
cut -c1-49 /proc/self/limits
cut -d' ' -f5,6 /proc/self/mountinfo | grep -v '^/ ' | sort
cat /proc/self/uid_map /proc/self/gid_map
grep ^0: /proc/self/cgroup
for kind in user mnt pid net uts ipc cgroup; do readlink /proc/self/ns/$kind; done
ip addr show | grep -o 'inet.*'; ip route
ls -l /dev | cut -c1-10; ls /dev; ls /data /v 2>/dev/null
cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/domainname
printf '<%s>' "$@"
`;

const hostile = 'it\'s a "quote" $(touch /oops) `id` \\ \n END\nEND_';

const combinations: readonly (readonly string[])[] = [
  ["--network", "none"],
  ["--network", "none", "--userns", "host", "--read-only", "--tmpfs", "/tmp:size=1m"],
  ["--network", "none", "--user", "1000:5", "--group-add", "7", "-w", "/work/it's here", "--ulimit", "nofile=100:200"],
  ["--network", "none", "--cap-drop", "ALL", "--cap-add", "NET_RAW", "--security-opt", "no-new-privileges"],
  ["--network", "none", "-v", "DATA:/data:ro", "--mount", "type=tmpfs,dst=/v", "--domainname", "example"],
  ["--network", "none", "--privileged"],
  ["--network", "none", "--pid", "host", "-e", `HOSTILE=${hostile}`, "-e", "LD_PRELOAD=/nothing"],
  ["-p", "18081:80", "--sysctl", "net.ipv4.ip_unprivileged_port_start=99"],
];

/** Which other namespace, and which other ids, is another thing each time; no tool of Debian 12 maps the ids of a mount. */
function normal(seen: string): readonly string[] {
  return seen.split("\n").map((given) => {
    const line = given.replace(/,idmapped$/, "").replace(/^( +0) +[1-9]\d+( +65536)$/, "$1 own$2");
    const [, kind] = /^(\w+):\[\d+\]$/.exec(line) ?? [];
    return kind === undefined
      ? line.trimEnd()
      : `${kind} ${line === readlinkSync(`/proc/self/ns/${kind}`) ? "shared" : "own"}`;
  });
}

function runScript(script: string): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const path = join(root.directory, "script.sh");
  writeFileSync(path, script);
  return spawnSync("/bin/sh", [path], {
    encoding: "utf8",
    env: { LD_LIBRARY_PATH: "/nothing", IFS: "u" },
    timeout: 60_000,
  });
}

/** What a script may leave behind, of this machine and of the test's own namespaces. */
function traces(script: string): readonly string[] {
  const [, group = ""] = / own=(\S+\/[0-9a-f]{64})$/m.exec(script) ?? [];
  assert.notEqual(group, "");
  const links = readdirSync("/proc/sys/net/ipv4/conf").filter((name) => /^b[rv]/.test(name));
  const own = readdirSync("/var/tmp").filter((name) => name.startsWith("unroll.") && belongsTo(name, group));
  const tables = spawnSync("/usr/sbin/nft", ["list", "tables"], { encoding: "utf8" }).stdout;
  return [
    ...(existsSync(group) ? [group] : []),
    ...links,
    ...own,
    ...tables.split("\n").filter((line) => line.includes("brig")),
  ];
}

/** Other tests may be at work beside this one. */
function belongsTo(directory: string, group: string): boolean {
  const host = join("/var/tmp", directory, "host");
  return existsSync(host) && readFileSync(host, "utf8").includes(group);
}

for (const flags of combinations) {
  test(`the unrolled script shows a payload what run shows it: ${JSON.stringify(flags)}`, async () => {
    const words = flags.map((word) => word.replace("DATA", join(root.directory, "data")));
    const command = ["--hostname", "seen", ...words, image, "sh", "-c", look, "sh", "plain", "", hostile];
    const { stdout: script } = await brigOk(["unroll", "run", ...command], { root });
    const unrolled = runScript(script);
    assert.equal(unrolled.status, 0, unrolled.stderr);
    assert.deepEqual(traces(script), []);
    const { stdout } = await brigOk(["run", "--rm", ...command], { root });
    assert.deepEqual(normal(unrolled.stdout), normal(stdout));
    assert.equal(readFileSync(join(root.directory, "data", "file"), "utf8"), "content\n");
    assert.match(script, /^# not here: no tool loads a filter|^# mnt\.private: /m);
    if (words.includes("-p")) {
      spawnSync("/usr/sbin/ip", ["link", "del", "dev", "brig0"]);
      spawnSync("/usr/sbin/nft", ["delete", "table", "inet", "brig"]);
    }
  });
}

test("the script ends with the payload's status, hands its streams on and runs nothing that a value says", async () => {
  const command = ["--network", "none", "-i", image, "sh", "-c", "cat; echo error >&2; exit 7"];
  await brigOk(["unroll", "run", "-o", "written.sh", ...command], { root, cwd: root.directory });
  const path = join(root.directory, "written.sh");
  const ended = spawnSync("/bin/sh", [path], { input: "in put\n", encoding: "utf8" });
  assert.deepEqual([ended.status, ended.stdout, ended.stderr], [7, "in put\n", "error\n"]);
  const missing = await brigOk(["unroll", "run", "--network", "none", image, "nothing\n'"], { root });
  assert.deepEqual(runScript(missing.stdout).status, 127);
  assert.equal(existsSync("/oops"), false);
  const refused = await runBrig(["unroll", "run", "--pid", "container:none", image], { root });
  assert.notEqual(refused.code, 0);
});

test("the script leaves nothing when it fails half-way or is interrupted", async () => {
  const { stdout } = await brigOk(["unroll", "run", image, "sleep", "1000"], { root });
  const broken = stdout.replace(/^mount -t devpts .*$/m, "mount -t nosuchtype x /tmp");
  assert.notEqual(broken, stdout);
  const failed = runScript(broken);
  assert.notEqual(failed.status, 0);
  assert.match(failed.stderr, /^mount: \/tmp: /m);
  assert.deepEqual(traces(stdout), []);
  writeFileSync(join(root.directory, "slow.sh"), stdout.replace("echo run >&5", "echo run >&5; echo running"));
  const slow = spawn("/bin/sh", [join(root.directory, "slow.sh")], { stdio: ["ignore", "pipe", "inherit"] });
  await once(slow.stdout, "data");
  slow.kill("SIGTERM");
  const [status] = await once(slow, "exit");
  assert.equal(status, 143);
  assert.deepEqual(traces(stdout), []);
  assert.equal(readFileSync("/proc/mounts", "utf8").includes("unroll."), false);
});
