import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { type BrigResult, createRoot, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { imageRoot } from "../../support/pulledRoot.ts";
import { strangeLayout } from "../../support/strangeLayout.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await strangeLayout()));
});

after(() => disposeRoot(root));

/** Runs a container; `flags` come before the image and `command` after it. */
function run(flags: readonly string[], command: readonly string[], env = {}): Promise<BrigResult> {
  const limits = ["--ulimit", "nofile=1024:1024"];
  return runBrig(["run", "--rm", "--network", "none", ...limits, ...flags, image, ...command], { root, env });
}

async function output(flags: readonly string[], ...command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(flags, command);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/** Everything that stands for a container or an anonymous volume in the data root. */
function traces(): readonly string[] {
  const below = (name: string) => (existsSync(join(root.root, name)) ? readdirSync(join(root.root, name)) : []);
  return ["containers", "names", "pending", "idranges", "volumes"].flatMap((name) =>
    below(name).flatMap((entry) => (entry === ".lock" || /^v-/.test(entry) ? [] : [`${name}/${entry}`])),
  );
}

/** The groups in a group of the v2 hierarchy, which is then removed. */
function groupsBelow(name: string): readonly string[] {
  const top = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
    .map((path) => join(path, name))
    .find((path) => existsSync(path));
  if (top === undefined) return [];
  const found = readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  if (found.length === 0) rmdirSync(top);
  return found.map((entry) => entry.name);
}

test("the exit status is the process's, and --rm leaves nothing", async () => {
  for (const status of [0, 1, 42, 255]) assert.equal((await run([], ["sh", "-c", `exit ${status}`])).code, status);
  assert.deepEqual(traces(), []);
});

test("what cannot be executed is named with its reason, and leaves nothing", async () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["nosuch", 127, /exec: "nosuch": executable file not found in \$PATH/],
    ["/nosuch", 127, /exec: "\/nosuch": stat \/nosuch: no such file or directory/],
    ["/dangling", 127, /no such file or directory/],
    ["/crlf.sh", 127, /ends in CRLF/],
    ["/interpreter.sh", 127, /no interpreter "\/bin\/nosuch"/],
    ["/plain.sh", 126, /has no execute permission/],
    ["/etc", 126, /"\/etc" is a directory/],
    ["/empty", 126, /is empty/],
    ["/text", 126, /neither a program for Linux nor a script/],
    ["/s390x", 126, /"\/s390x" is built for s390x, this machine is /],
    ["/riscv64", 126, /"\/riscv64" is built for riscv64, this machine is /],
  ];
  const own = ["--cgroup-parent", `/brig-test-${process.pid}`];
  for (const [command, code, message] of cases) {
    const result = await run(own, [command]);
    assert.match(result.stderr, message);
    assert.equal(result.code, code, result.stderr);
    assert.doesNotMatch(result.stderr, /\n\s+at /);
  }
  assert.deepEqual(traces(), []);
  assert.deepEqual(groupsBelow(`brig-test-${process.pid}`), []);
});

test("users and groups are looked up in the image", async () => {
  assert.equal(await output([], "id"), "uid=0(root) gid=0(root) groups=0(root)");
  assert.equal(await output(["-u", "app"], "id"), "uid=1000(app) gid=1000(app) groups=1000(app),2000(extra)");
  assert.equal(await output(["-u", "7:8", "--group-add", "extra"], "id", "-G"), "8 2000");
  assert.equal(await output(["-u", "app"], "sh", "-c", "echo $HOME"), "/home/app");
  const unknown = await run(["-u", "nobody"], ["true"]);
  assert.match(unknown.stderr, /unable to find user nobody: no matching entries in passwd file/);
  assert.equal(unknown.code, 125);
  assert.equal((await run(["-u", "70000"], ["true"])).code, 125);
});

test("accounts that the caller binds over the image's count", async () => {
  const passwd = join(root.directory, "passwd");
  writeFileSync(passwd, "mine:x:123:45::/:/bin/sh\n");
  assert.equal(await output(["-v", `${passwd}:/etc/passwd:ro`, "-u", "mine"], "id", "-u"), "123");
});

test("the environment is the image's and the flags', never the caller's", async () => {
  const { stdout } = await run(["-e", "A=1", "-e", "MARKER", "-e", "FROM_IMAGE"], ["env"], {
    MARKER: "m",
    SECRET: "s",
  });
  const names = new Map(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split("=", 2) as [string, string]),
  );
  assert.deepEqual(
    [names.get("A"), names.get("MARKER"), names.has("SECRET"), names.has("FROM_IMAGE")],
    ["1", "m", false, false],
  );
});

test("host name, working directory and the generated files", async () => {
  assert.equal(await output(["--hostname", "box"], "hostname"), "box");
  assert.equal(await output([], "pwd"), "/srv");
  assert.equal(await output(["-w", "/new/dir"], "pwd"), "/new/dir");
  const hosts = await output(["--hostname", "box", "--add-host", "db:10.9.8.7"], "cat", "/etc/hosts", "/etc/hostname");
  assert.match(hosts, /^127\.0\.1\.1\tbox$/m);
  assert.match(hosts, /^10\.9\.8\.7\tdb\nbox$/m);
  assert.equal(await output(["--dns", "9.9.9.9"], "cat", "/etc/resolv.conf"), "nameserver 9.9.9.9");
});

test("--cgroupns host shows the host's groups, read-only, also with ids of the container's own", async () => {
  const look =
    "grep -c ^0::/.*brig/ /proc/self/cgroup; ls -d /sys/fs/cgroup/cgroup.procs; touch /sys/fs/cgroup/x || echo no";
  assert.match(await output(["--cgroupns", "host"], "sh", "-c", look), /^1\n\/sys\/fs\/cgroup\/cgroup.procs\nno$/);
});

test("--read-only and --tmpfs", async () => {
  const script = "echo x > /x; echo y > /run/y && cat /run/y";
  const { stdout, stderr } = await run(["--read-only", "--tmpfs", "/run:size=1m"], ["sh", "-c", script]);
  assert.equal(stdout, "y\n");
  assert.match(stderr, /Read-only file system/);
});

test("a new volume is filled from the image once, and keeps what is written", async () => {
  const flags = ["-v", "v-data:/data"];
  assert.equal(await output(flags, "cat", "/data/sub/seed"), "seed");
  await output(flags, "sh", "-c", "echo changed > /data/sub/seed");
  assert.equal(await output(flags, "cat", "/data/sub/seed"), "changed");
  assert.equal(await output(["-v", "v-empty:/data:nocopy"], "ls", "/data"), "");
  assert.equal(await output([], "cat", "/data/sub/seed"), "seed");
  assert.deepEqual(traces(), []);
});

test("volumes that an image may not have are left out and reported", async () => {
  const { stderr, code } = await run([], ["true"]);
  assert.equal(code, 0);
  for (const path of ["/", "/proc", "/../etc"])
    assert.ok(stderr.includes(`the image's volume "${path}" was left out`), stderr);
});

test("a bind shows the caller's files with their owners, and -v makes a missing directory", async () => {
  const source = join(root.directory, "new/source");
  assert.equal(await output(["-v", `${source}:/mnt`], "sh", "-c", "echo x > /mnt/f; stat -c %u /mnt/f"), "0");
  assert.equal(readFileSync(join(source, "f"), "utf8"), "x\n");
  assert.equal(statSync(join(source, "f")).uid, 0);
  const missing = await run(["--mount", `type=bind,src=${source}/none,dst=/mnt`], ["true"]);
  assert.match(missing.stderr, /bind source path does not exist/);
  const failed = join(root.directory, "never/made");
  assert.equal((await run(["-v", `${failed}:/mnt`], ["nosuch"])).code, 127);
  assert.equal(existsSync(join(root.directory, "never")), false);
});

test("mounts over the kernel's file systems are refused before anything is made", async () => {
  mkdirSync(join(root.directory, "fake"), { recursive: true });
  for (const target of ["/proc", "/proc/self", "/sys", "/dev"]) {
    const result = await run(["-v", `${join(root.directory, "fake")}:${target}`], ["true"]);
    assert.equal(result.code, 125);
    assert.match(result.stderr, /cannot mount over/);
  }
  assert.deepEqual(traces(), []);
});

test("a name in use is refused with its holder, and free again after rm", async () => {
  const named = ["run", "--network", "none", "--name", "one", image, "true"];
  assert.equal((await runBrig(named, { root })).code, 0);
  const again = await runBrig(named, { root });
  assert.equal(again.code, 125);
  assert.match(again.stderr, /Conflict\. The container name "\/one" is already in use by container "[0-9a-f]{64}"\./);
  const listed = await runBrig(["ps", "-a"], { root });
  assert.match(listed.stdout, /Exited \(0\).*one/);
  assert.equal((await runBrig(["rm", "-v", "one"], { root })).stdout, "one\n");
  assert.deepEqual(traces(), []);
});

test("the cidfile must be new and holds the id", async () => {
  const cidfile = join(root.directory, "cid");
  await output(["--cidfile", cidfile], "true");
  assert.match(readFileSync(cidfile, "utf8"), /^[0-9a-f]{64}$/);
  const again = await run(["--cidfile", cidfile], ["true"]);
  assert.match(again.stderr, /container ID file found/);
  assert.deepEqual(traces(), []);
});

test("an unknown image is not run with --pull never, and nothing is made", async () => {
  const fresh = createRoot();
  try {
    const result = await runBrig(["run", "--pull", "never", "nosuch:1", "true"], { root: fresh });
    assert.equal(result.code, 125);
    assert.match(result.stderr, /No such image: nosuch:1/);
    assert.equal(existsSync(join(fresh.root, "containers")), false);
  } finally {
    disposeRoot(fresh);
  }
});

test("sixteen containers at once get ids and names of their own", async () => {
  const runs = Array.from({ length: 16 }, () => run([], ["sh", "-c", "cat /proc/self/uid_map; hostname"]));
  const outputs = (await Promise.all(runs)).map(({ stdout }) => stdout);
  assert.equal(new Set(outputs).size, 16);
  assert.ok(
    outputs.every((text) => /^\s+0\s+\d+\s+65536\n[0-9a-f]{12}\n$/.test(text)),
    outputs.join(),
  );
  assert.deepEqual(traces(), []);
});
