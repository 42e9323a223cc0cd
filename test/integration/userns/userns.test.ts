import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { promisify } from "node:util";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { servedBusyboxRoot } from "../../support/busyboxRegistry.ts";
import { startRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
});

after(() => disposeRoot(root));

const maps = "cat /proc/self/uid_map /proc/self/gid_map";
const run = (flags: readonly string[], script = maps) =>
  runBrig(["run", "--rm", "--network", "none", ...flags, image, "sh", "-c", script], { root });

/** The numbers of each line of the two maps. */
function linesOf(text: string): readonly (readonly number[])[] {
  const lines = text.trim().split("\n");
  return lines.map((line) => line.trim().split(/\s+/).map(Number));
}

test("auto gives as many ids as were asked for, and those that were asked for", async () => {
  const [mine, theirs] = linesOf((await run(["--userns=auto:size=1000"])).stdout);
  assert.deepEqual([mine?.[0], mine?.[2]], [0, 1000]);
  assert.deepEqual(theirs, mine);
  const many = linesOf((await run(["--userns", "auto:size=131072"])).stdout);
  assert.equal(many[0]?.[2], 131072);
  const script = `${maps}; touch /made; ls -n /made; mkdir /tmp/d; rmdir /bin; id -u`;
  const { stdout, code, stderr } = await run(["--userns=auto:uidmapping=0:4000000:1,gidmapping=7:4000007:2"], script);
  const lines = linesOf(stdout.split("\n").slice(0, 5).join("\n"));
  assert.deepEqual(lines[0], [0, 4000000, 1]);
  assert.deepEqual([lines[1]?.[0], lines[1]?.[2]], [1, 65535]);
  assert.deepEqual(lines[3], [7, 4000007, 2]);
  assert.match(stdout, /1 0 +0 .*\/made\n0\n$/, stderr);
  assert.equal(code, 0);
});

test("nomap has no id of the caller, keep-id has them under the numbers that were asked for and says so", async () => {
  const nomap = linesOf((await run(["--userns=nomap"])).stdout);
  assert.ok(nomap.every(([, first = 0]) => first > 0));
  const same = await run(["--userns=keep-id"]);
  assert.deepEqual(linesOf(same.stdout)[0], [0, 0, 1]);
  assert.match(same.stderr, /--userns=keep-id maps the host's id 0/);
  const script = `${maps}; id -u; id -g`;
  const { stdout } = await run(["--userns=keep-id:uid=1000,gid=1000", "--user", "1000:1000"], script);
  assert.deepEqual(linesOf(stdout)[1], [1000, 0, 1]);
  assert.match(stdout, /\n1000\n1000\n$/);
});

test("an id that is not mapped is refused before anything is made", async () => {
  for (const flags of [
    ["--user", "1000"],
    ["--group-add", "1000"],
    ["-u", "0:70000"],
  ]) {
    const { code, stderr } = await run(["--userns=auto:size=1000", ...flags]);
    assert.equal(code, 125);
    assert.match(stderr, /the container's ids end at 999/);
  }
  assert.deepEqual(readdirSync(join(root.root, "containers")), []);
});

test("container:NAME has the ids of the other container, also when it does not run, and they outlive it", async () => {
  await brigOk(["create", "--name", "lender", "--network", "none", image, "sh", "-c", maps], { root });
  const lent = await brigOk(["start", "-a", "lender"], { root });
  await brigOk(
    ["create", "--name", "guest", "--network", "none", "--userns=container:lender", image, "sh", "-c", maps],
    {
      root,
    },
  );
  assert.equal((await brigOk(["start", "-a", "guest"], { root })).stdout, lent.stdout);
  await brigOk(["rm", "lender"], { root });
  assert.equal((await brigOk(["system", "check"], { root })).code, 0);
  const first = String(linesOf(lent.stdout)[0]?.[1]);
  assert.ok(readdirSync(join(root.root, "idranges")).includes(first));
  assert.equal((await brigOk(["start", "-a", "guest"], { root })).stdout, lent.stdout);
  await brigOk(["rm", "guest"], { root });
  assert.deepEqual(readdirSync(join(root.root, "idranges")), []);
  await brigOk(["create", "--name", "plain", "--userns=host", "--network", "none", image, "true"], { root });
  const { stderr, code } = await run(["--userns=container:plain"]);
  await brigOk(["rm", "plain"], { root });
  assert.equal(code, 0);
  assert.match(stderr, /--userns=container:plain brings the host's user namespace: that container has it/);
  assert.equal((await run(["--userns=container:nobody"])).code, 125);
});

test("ids come from /etc/subuid, or from the pool of the configuration, and stay the same at every start", async () => {
  const subordinate = join(root.directory, "subuid");
  writeFileSync(subordinate, "containers:3000000:65536\nbrig:2000003:131072\n");
  const start = (words: readonly string[]) => {
    const [program = "", ...args] = brigCommand(root, words);
    const mounts = `mount --bind ${subordinate} /etc/subuid && mount --bind ${subordinate} /etc/subgid && exec "$@"`;
    const argv = ["-m", "sh", "-c", mounts, "sh", program, ...args];
    return promisify(execFile)("unshare", argv, { env: brigEnvironment(root) });
  };
  await start(["create", "--name", "kept", "--network", "none", image, "sh", "-c", maps]);
  const first = (await brigOk(["start", "-a", "kept"], { root })).stdout;
  assert.ok([2000003, 2065539].includes(linesOf(first)[0]?.[1] ?? 0), first);
  assert.equal((await start(["start", "-a", "kept"])).stdout, first);
  await brigOk(["rm", "kept"], { root });
  writeFileSync(subordinate, "brig:2000000:5\n");
  await assert.rejects(start(["run", "--rm", "--network", "none", image, "true"]), /"brig" no 65536 ids/);
  const config = join(root.directory, "config.yaml");
  writeFileSync(config, "security: { id_pool: 5000000:65536 }\n");
  const { stdout } = await brigOk(["--config", config, "run", "--rm", "--network", "none", image, "sh", "-c", maps], {
    root,
  });
  assert.equal(linesOf(stdout)[0]?.[1], 5000000);
});

const fallBacks: readonly (readonly [option: string, flags: readonly string[], why: string])[] = [
  ["--privileged", ["--privileged"], "it gives power over the host itself"],
  ["--network=host", ["--network=host"], "only the owner of a network namespace may mount its /sys"],
  ["--pid=host", ["--pid=host"], "only the owner of a pid namespace may mount its /proc"],
  ["--ipc=host", ["--ipc=host"], "memory shared with the host is protected by the host's ids"],
  ["--ipc=shareable", ["--ipc=shareable"], "those who join it could not make memory with other ids"],
  ["--network=container:lender", ["--network=container:lender"], "the other container has other ids"],
  ["--pid=container:lender", ["--pid=container:lender"], "the other container has other ids"],
  ["--ipc=container:lender", ["--ipc=container:lender"], "the other container has other ids"],
  ['the mount of "/sys/kernel"', ["-v", "/sys/kernel:/k:ro"], "sysfs takes no id map"],
  ['the volume "shared"', ["--mount", "type=volume,source=shared,target=/s"], "nfs takes no id map"],
];

test("every fall-back to the host's ids is told by run, plan and inspect, and is refused where own ids were asked for", async (t) => {
  await startRunning(root, { name: "lender", image, flags: ["--ipc=shareable"] });
  await brigOk(["volume", "create", "-o", "type=nfs", "-o", "o=addr=127.0.0.1", "-o", "device=:/", "shared"], { root });
  t.after(() => brigOk(["rm", "-f", "-v", "lender"], { root }));
  for (const [option, flags, why] of fallBacks) {
    const told = `${option} brings the host's user namespace: ${why}`;
    const words = [
      ...(flags.some((flag) => flag.startsWith("--network")) ? [] : ["--network", "none"]),
      ...flags,
      image,
    ];
    const mode = (verb: readonly string[]) => runBrig([...verb, ...words, "true"], { root });
    const [planned, made, refused] = await Promise.all([
      mode(["plan", "run"]),
      mode(["create", "--name", "shown"]),
      mode(["run", "--rm", "--userns=auto"]),
    ]);
    assert.ok(planned.stdout.includes(told) || planned.stderr.includes(told), `${planned.stdout}\n${planned.stderr}`);
    assert.ok(made.stderr.includes(told), made.stderr);
    const format = "{{json .Brig.HostIdsBecause}} {{json .Brig.UserNamespace}}";
    const shown = await brigOk(["inspect", "-f", format, "shown"], { root });
    assert.equal(shown.stdout, `${JSON.stringify([told])} null\n`);
    assert.deepEqual([refused.code, refused.stdout], [125, ""], refused.stderr);
    assert.ok(refused.stderr.includes(`conflicting options: --userns=auto and ${option}: ${why}`), refused.stderr);
    await brigOk(["rm", "shown"], { root });
    if (option.startsWith("the volume")) continue; // there is no server to mount it from
    const ran = await mode(["run", "--rm"]);
    if (existsSync("/dev/mqueue") || option !== "--ipc=host") assert.equal(ran.code, 0, ran.stderr);
    assert.ok(ran.stderr.includes(told), ran.stderr);
  }
});

test("a source without idmapped mounts is found before anything starts", async () => {
  const directory = join(root.directory, "made-for-it");
  mkdirSync(directory);
  const flags = ["-v", "/sys/kernel:/k", "-v", `${directory}/new:/n`];
  const { stdout, stderr } = await run(flags);
  assert.match(stderr, /the mount of "\/sys\/kernel" brings the host's user namespace: sysfs takes no id map/);
  assert.deepEqual(linesOf(stdout)[0], [0, 0, 4294967295]);
  assert.ok(statSync(join(directory, "new")).isDirectory());
  assert.equal((await run([...flags.slice(0, 2), "-v", `${directory}/never:/n`, "--userns=auto"])).code, 125);
  assert.deepEqual(readdirSync(directory), ["new"]);
});
