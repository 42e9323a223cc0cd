import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { promisify } from "node:util";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { servedBusyboxRoot } from "../../support/busyboxRegistry.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { eventually } from "../../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
});

after(() => disposeRoot(root));

const maps = "cat /proc/self/uid_map /proc/self/gid_map";
const run = (flags: readonly string[], script = maps) => runWith(["--network", "none", ...flags], script);
const runWith = (flags: readonly string[], script: string) =>
  runBrig(["run", "--rm", ...flags, image, "sh", "-c", script], { root });

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

const kinds = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup"] as const;

/** The namespaces of a container's first process, as the host sees them. */
async function namespacesOf(name: string): Promise<Readonly<Record<(typeof kinds)[number], string>>> {
  const pid = (await brigOk(["inspect", "-f", "{{.State.Pid}}", name], { root })).stdout.trim();
  const links = kinds.map((kind) => [kind, readlinkSync(`/proc/${pid}/ns/${kind}`)] as const);
  return Object.fromEntries(links) as Record<(typeof kinds)[number], string>;
}

test("container:NAME joins the user namespace of the other container, and owns what it makes in it", async () => {
  await startRunning(root, { name: "lender", image });
  const join = "--userns=container:lender";
  try {
    await startRunning(root, {
      name: "guest",
      image,
      flags: [join, "--cap-add", "SYS_PTRACE", "-v", "lent-data:/data"],
    });
    const [lender, guest] = [await namespacesOf("lender"), await namespacesOf("guest")];
    assert.deepEqual(
      kinds.filter((kind) => lender[kind] === guest[kind]),
      ["user"],
    );
    const inside = (script: string) => brigOk(["exec", "guest", "sh", "-c", script], { root });
    const whole =
      "readlink /proc/self/ns/user; mount | grep -c '^sysfs on /sys '; touch /made /data/made; ls -ln /made";
    assert.match((await inside(whole)).stdout, /^user:\[\d+\]\n1\n-rw.* 1 0 +0 .*\/made\n$/);
    assert.equal((await inside("grep CapBnd /proc/1/status")).stdout, await boundingWith("CAP_SYS_PTRACE"));
    assert.match((await inside("hostname; cat /proc/1/cgroup")).stdout, /^[0-9a-f]{12}\n.*::\/\n$/s);
    const shown = JSON.parse(
      (await brigOk(["inspect", "-f", "{{json .Brig.UserNamespace}}", "guest"], { root })).stdout,
    );
    assert.equal(shown.Joined, "lender");
    const third = ["--network", "container:lender", "--userns=container:guest"];
    assert.equal((await runWith(third, "echo in")).stdout, "in\n");
    const { stderr } = await brigOk(["run", "--rm", "--explain=verify", join, image, "true"], { root });
    assert.match(stderr, /^journal: [1-9]\d* records confirmed, .* 0 disagreements$/m);
  } finally {
    await removeRunning(root, "guest", "lender");
  }
});

/** What a container with one capability more has in its bounding set. */
async function boundingWith(name: string): Promise<string> {
  return (await run(["--cap-add", name.replace("CAP_", "")], "grep CapBnd /proc/1/status")).stdout;
}

test("with --network container:NAME its network can be configured, which it cannot from other ids", async () => {
  await startRunning(root, { name: "owner", image });
  const configure = "ip address add 10.9.9.9/32 dev lo && echo done";
  const network = ["--network", "container:owner"];
  const joined = [...network, "--userns", "container:owner"];
  try {
    assert.match((await runWith(joined, configure)).stderr, /Operation not permitted/);
    const able = await runWith([...joined, "--cap-add", "NET_ADMIN"], `${configure}; ls -d /sys/class/net/lo`);
    assert.equal(able.stdout, "done\n/sys/class/net/lo\n", able.stderr);
    assert.match((await brigOk(["exec", "owner", "sh", "-c", "ip address"], { root })).stdout, /10\.9\.9\.9/);
    const both = await runWith([...joined, "--pid", "container:owner"], "ps -o args");
    assert.match(both.stdout, /sleep 100000/, both.stderr);
    const refused = await runWith([...network, "--userns", "auto"], configure);
    assert.match(refused.stderr, /conflicting options: --userns=auto and --network=container:owner/);
    await startRunning(root, { name: "stranger", image });
    const foreign = await runWith(["--network", "container:stranger", "--userns", "container:owner"], configure);
    assert.match(foreign.stderr, /conflicting options: --userns=container:owner and --network=container:stranger/);
  } finally {
    await removeRunning(root, "owner");
    await brigOk(["rm", "-f", "stranger"], { root });
  }
});

test("container:NAME wants one that runs, at each start the one that runs then, and the host's ids of one that has them", async () => {
  await brigOk(["create", "--name", "lender", "--network", "none", image, "sleep", "1000"], { root });
  const sentence = /cannot join user namespace of a non running container: container lender is (created|exited)/;
  const early = await run(["--name", "guest", "--userns=container:lender"]);
  assert.equal(early.code, 125);
  assert.match(early.stderr, sentence);
  assert.equal(readdirSync(join(root.root, "containers")).length, 1);
  await brigOk(["start", "lender"], { root });
  const flags = ["--network", "none", "--userns=container:lender"];
  await brigOk(["create", "--name", "guest", ...flags, image, "sleep", "1000"], { root });
  await brigOk(["start", "guest"], { root });
  assert.equal((await namespacesOf("guest")).user, (await namespacesOf("lender")).user);
  await brigOk(["stop", "-t", "0", "guest", "lender"], { root });
  assert.match((await runBrig(["start", "guest"], { root })).stderr, sentence);
  await brigOk(["start", "lender", "guest"], { root });
  assert.equal((await namespacesOf("guest")).user, (await namespacesOf("lender")).user);
  const first = (await brigOk(["exec", "lender", "sh", "-c", maps], { root })).stdout;
  await brigOk(["rm", "-f", "lender"], { root });
  assert.equal((await brigOk(["exec", "guest", "sh", "-c", maps], { root })).stdout, first);
  assert.ok(readdirSync(join(root.root, "idranges")).includes(String(linesOf(first)[0]?.[1])));
  assert.equal((await brigOk(["system", "check"], { root })).code, 0);
  await removeRunning(root, "guest");
  assert.deepEqual(readdirSync(join(root.root, "idranges")), []);
  await brigOk(["create", "--name", "plain", "--userns=host", "--network", "none", image, "true"], { root });
  const { stderr, code } = await run(["--userns=container:plain"]);
  await brigOk(["rm", "plain"], { root });
  assert.equal(code, 0);
  assert.match(stderr, /--userns=container:plain brings the host's user namespace: that container has it/);
  assert.equal((await run(["--userns=container:nobody"])).code, 125);
});

test("a restart by the policy joins what the other container is then, and ends with a sentence when that is gone", async () => {
  await startRunning(root, { name: "lender", image });
  const flags = ["--userns=container:lender", "--restart", "always"];
  await startRunning(root, { name: "guest", image, flags });
  const state = async () => {
    const { stdout } = await brigOk(["inspect", "-f", "{{.RestartCount}} {{.State.Status}}", "guest"], { root });
    return stdout.trim();
  };
  const killPayload = async () => {
    const { stdout } = await brigOk(["inspect", "-f", "{{.State.Pid}}", "guest"], { root });
    process.kill(Number(stdout), "SIGKILL");
  };
  try {
    await brigOk(["restart", "-t", "0", "lender"], { root });
    await killPayload();
    await eventually(state, (text) => text === "1 running");
    assert.equal((await namespacesOf("guest")).user, (await namespacesOf("lender")).user);
    await brigOk(["stop", "-t", "0", "lender"], { root });
    await killPayload();
    await eventually(state, (text) => text.endsWith("created"));
    const why = (await brigOk(["why", "guest"], { root })).stdout;
    assert.match(why, /could not be started: a container whose namespaces it joins does not run any more/);
  } finally {
    await brigOk(["rm", "-f", "guest", "lender"], { root });
  }
});

test("plan, explain and compare show the joined user namespace", async () => {
  await startRunning(root, { name: "lender", image });
  try {
    const words = ["--network", "none", "--userns=container:lender", image, "true"];
    const planned = (await brigOk(["plan", "run", ...words], { root })).stdout;
    assert.match(planned, /running\.json/);
    assert.match(planned, /CLONE_NEWUSER/);
    const bundle = JSON.parse((await brigOk(["plan", "run", "--oci", ...words], { root })).stdout);
    const user = bundle.linux.namespaces.find(({ type }: { type: string }) => type === "user");
    assert.match(user.path, /^\/proc\/\d+\/ns\/user$/);
    assert.equal(bundle.linux.uidMappings, undefined);
    await brigOk(["run", "--name", "guest", "-d", ...words.slice(0, -1), "sleep", "1000"], { root });
    assert.match((await brigOk(["explain", "guest"], { root })).stdout, /shared with another container/);
    assert.doesNotMatch((await brigOk(["compare", "guest", "lender"], { root })).stdout, /user:\[/);
    const unrolled = await runBrig(["unroll", "run", ...words], { root });
    assert.match(unrolled.stderr, /cannot unroll a container that joins another one/);
  } finally {
    await brigOk(["rm", "-f", "guest"], { root });
    await removeRunning(root, "lender");
  }
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
