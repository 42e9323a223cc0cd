import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { helperPath } from "../../support/projectPaths.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  mkdirSync(join(root.directory, "data"));
});

after(() => disposeRoot(root));

const agreed = /^journal: [1-9]\d* records confirmed, [1-9]\d* container calls of \d+ traced, 0 disagreements$/m;

const combinations: readonly string[][] = [
  [],
  ["--network", "none"],
  ["--network", "none", "--privileged"],
  ["--network", "none", "--userns", "host"],
  ["--network", "none", "--read-only", "--tmpfs", "/tmp:size=1m"],
  ["--network", "none", "--cap-drop", "ALL"],
  ["--network", "none", "--cap-drop", "ALL", "--cap-add", "BPF", "--userns", "host"],
  ["--network", "none", "--cap-add", "SYS_ADMIN", "--user", "1000:1000"],
  ["--network", "none", "--user", "1000", "--group-add", "5"],
  ["--network", "none", "--init"],
  ["--network", "none", "--pid", "host"],
  ["--network", "none", "--uts", "host"],
  ["--network", "host"],
  ["--network", "none", "-v", "DATA:/data", "-v", "named:/vol"],
  ["--network", "none", "-v", "DATA:/data:ro", "--mount", "type=tmpfs,dst=/x"],
  ["--network", "none", "--security-opt", "no-new-privileges", "--security-opt", "seccomp=unconfined"],
  ["--hostname", "h", "--domainname", "d", "--add-host", "a:192.0.2.1"],
  ["--sysctl", "net.ipv4.ip_forward=1", "--ulimit", "nofile=100"],
  ["-p", "18080:80"],
  ["--network", "none", "-w", '/work/de"ep, 1) = 3'],
  ["--network", "none", "--cgroupns", "host", "--oom-score-adj", "500"],
  ["--network", "none", "--cap-add", "NET_ADMIN", "--security-opt", "systempaths=unconfined"],
];

for (const flags of combinations) {
  test(`the kernel confirms the journal of run ${flags.join(" ")}`, async () => {
    const words = flags.map((word) => word.replace("DATA", join(root.directory, "data")));
    const { stderr } = await brigOk(["run", "--rm", "--explain=verify", ...words, image, "true"], { root });
    assert.match(stderr, agreed);
  });
}

test("the kernel confirms the journal of containers in the background, and of those that cannot start", async () => {
  const background = ["run", "-d", "--name", "stays", "--explain=verify", "--network", "none", image, "sleep", "1000"];
  const started = await brigOk(background, { root });
  assert.match(started.stdout, /^[0-9a-f]{64}\n$/);
  assert.match(started.stderr, agreed);
  const { stdout } = await brigOk(["exec", "stays", "grep", "TracerPid", "/proc/1/status"], { root });
  assert.equal(stdout, "TracerPid:\t0\n");
  await removeRunning(root, "stays");
  const failed = await runBrig(["run", "--rm", "--explain=verify", "--network", "none", image, "nothing"], { root });
  assert.equal(failed.code, 127);
  assert.match(failed.stderr, agreed);
  const left = readdirSync(root.runRoot).filter((name) => name.startsWith(".trace"));
  assert.deepEqual(left, []);
});

test("a helper whose journal says something else than it does is found out", async () => {
  const bytes = readFileSync(helperPath);
  const at = bytes.indexOf("sethostname\0");
  assert.notEqual(at, -1);
  bytes.write("sethostnami", at);
  const directory = join(root.directory, "false");
  mkdirSync(directory);
  const liar = join(directory, "brig-helper");
  writeFileSync(liar, bytes);
  chmodSync(liar, 0o755);
  const words = ["run", "--rm", "--explain=verify", "--network", "none", "--hostname", "h", image, "true"];
  const refused = await runBrig(words, { root, env: { BRIG_HELPER: liar } });
  assert.equal(refused.code, 125);
  assert.match(refused.stderr, /^record \d+, which the kernel did not see: child .* sethostnami\("h"\) = 0/m);
  assert.match(refused.stderr, /^process \d+, a call without a record: sethostname\("h", 1\) = 0$/m);
  assert.match(refused.stderr, /^brig: the journal and the kernel disagree: "record \d+ \(uts\.name\)"$/m);
});
