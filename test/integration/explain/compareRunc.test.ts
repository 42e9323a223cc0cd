import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmdirSync, watch } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { EngineError, findSystemProgram } from "../../../src/base/index.ts";
import { createEngine } from "../../../src/createEngine.ts";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { until } from "../../support/logServers.ts";
import { outerCommand } from "../../support/outerNamespace.ts";
import { helperPath } from "../../support/projectPaths.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => {
  disposeRoot(root);
  for (const group of groups()) rmdirSync(group);
});

interface Comparison {
  readonly purposes: readonly {
    readonly purpose: string;
    readonly who: string;
    readonly runc: Readonly<Record<string, number>>;
    readonly brig: Readonly<Record<string, number>>;
  }[];
  readonly runc: { readonly relevant: number; readonly total: number };
  readonly brig: { readonly relevant: number; readonly total: number };
}

const words = ["plan", "run", "--compare", "runc"];
const compared = async (...args: readonly string[]): Promise<Comparison> =>
  JSON.parse(
    (await brigOk([...words, "--format", "json", "--userns", "host", ...args], { root })).stdout,
  ) as Comparison;

function of({ purposes }: Comparison, purpose: string) {
  const { who, runc, brig } = purposes.find((one) => one.purpose === purpose) ?? {};
  return { who, runc, brig };
}

/** The group above those of these containers; brig's own runs leave it where version 2 is, as they leave `brig`. */
const parent = `/brig-compare-${process.pid}`;

/** The parent in each hierarchy, also of version 1 where runc uses that. */
function groups(): readonly string[] {
  const tree = "/sys/fs/cgroup";
  return [tree, ...readdirSync(tree).map((name) => join(tree, name))]
    .map((hierarchy) => join(hierarchy, parent))
    .filter(existsSync);
}

/** Neither a container nor a directory, mount or control group of this root. */
function requireNothingLeft(): void {
  const held = groups().flatMap((group) => readdirSync(group, { withFileTypes: true }));
  assert.ok(groups().length <= 1, groups().join(" "));
  assert.deepEqual(
    held.filter((entry) => entry.isDirectory()).map(({ name }) => name),
    [],
  );
  assert.deepEqual(
    readdirSync(root.runRoot).filter((name) => name.startsWith(".")),
    [],
  );
  for (const directory of [root.root, root.runRoot]) assert.deepEqual(readdirSync(join(directory, "containers")), []);
  assert.doesNotMatch(readFileSync("/proc/self/mountinfo", "utf8"), new RegExp(root.directory));
}

test("plan run --compare runc sets what both do beside each other, and leaves nothing", async () => {
  const comparison = await compared(
    "--network",
    "none",
    "--cgroup-parent",
    parent,
    "--hostname",
    "h",
    image,
    "sleep",
    "1000",
  );
  assert.deepEqual(of(comparison, "mount /proc").runc, { mount: 1 });
  assert.deepEqual(of(comparison, "mount /proc").brig, { fsopen: 1, fsconfig: 2, fsmount: 1, move_mount: 1 });
  assert.deepEqual(of(comparison, "host name"), { who: "both", runc: { sethostname: 1 }, brig: { sethostname: 1 } });
  for (const purpose of [
    "system-call filter",
    "change of the root",
    "capability sets",
    "new pid namespace",
    "the command",
  ])
    assert.equal(of(comparison, purpose).who, "both", purpose);
  assert.equal(of(comparison, "ambient set").who, "runc");
  for (const { relevant, total } of [comparison.runc, comparison.brig]) assert.ok(relevant > 100 && total > relevant);
  assert.ok(comparison.runc.total > comparison.brig.total);
  assert.doesNotMatch(JSON.stringify(comparison.purposes), new RegExp(root.directory));
  requireNothingLeft();
});

test("plan run --compare runc shows that a privileged container is bounded by neither", async () => {
  const bounded = await compared("--network", "host", image, "true");
  assert.equal(of(bounded, "new network namespace").who, undefined);
  assert.equal(of(bounded, "read-only /proc/sys").who, "both");
  const privileged = await compared("--network", "none", "--privileged", image, "true");
  for (const purpose of ["system-call filter", "read-only /proc/sys", "hide /proc/keys"])
    assert.equal(of(privileged, purpose).who, undefined, purpose);
  assert.equal(of(privileged, "new network namespace").who, "both");
  requireNothingLeft();
});

test("plan run --compare runc prints a table with the sums", async () => {
  const { stdout } = await brigOk([...words, "--userns", "host", "--network", "none", image, "true"], { root });
  assert.match(
    stdout,
    /^PHASE +PURPOSE +RUNC +BRIG\ncgroup +group and its first process +mkdirat.* {3}mkdirat, clone3\n/,
  );
  assert.match(stdout, /^mounts +device \/dev\/null +mknodat +open_tree, move_mount$/m);
  assert.match(stdout, /^\d+ purposes of both, \d+ of runc alone, \d+ of brig alone$/m);
  assert.match(stdout, /^all system calls up to the command: runc \d+, brig's helper \d+\n$/m);
});

test("plan run --compare runc refuses what would be no comparison", async () => {
  const refused = async (...args: readonly string[]) => runBrig([...words, ...args, image, "true"], { root });
  const usual = await refused("--userns", "auto");
  assert.equal(usual.code, 125);
  assert.match(usual.stderr, /cannot compare the container with runc: it has a user namespace of its own/);
  assert.match(usual.stderr, /^hint: add "--userns host"; add "--network none" or "--network host"$/m);
  assert.match((await refused("--oci", "--userns", "host")).stderr, /leave out --diff, --oci and --bundle/);
  const other = await runBrig(["plan", "run", "--compare", "crun", image], { root });
  assert.equal(other.code, 125);
  assert.match(other.stderr, /hint: write --compare runc/);
  const none = await runBrig([...words, "--userns", "host", "--network", "none", image, "nothing"], { root });
  assert.equal(none.code, 127);
  requireNothingLeft();
});

/** Runs the comparison where another file is in the place of a program. */
function comparedWith(other: string, program: string): { readonly status: number | null; readonly stderr: string } {
  const flags = ["--userns", "host", "--network", "none", image, "true"];
  const script = 'mount --bind "$0" "$1" && shift && exec "$@"';
  const [command = "", ...args] = outerCommand(["/bin/sh", "-c", script, other, program]);
  return spawnSync(command, [...args, ...brigCommand(root, [...words, ...flags])], {
    encoding: "utf8",
    env: brigEnvironment(root),
  });
}

test("plan run --compare runc says which program is missing, and that runc failed", () => {
  const found = (name: string) => findSystemProgram(name) ?? "";
  for (const name of ["runc", "strace"]) {
    const { status, stderr } = comparedWith("/dev/null", found(name));
    assert.equal(status, 125);
    assert.match(stderr, new RegExp(`^brig: cannot compare the container with runc: ${name} is not installed$`, "m"));
    assert.match(stderr, new RegExp(`^hint: install it with "apt-get install ${name}"$`, "m"));
  }
  const failed = comparedWith("/bin/false", found("runc"));
  assert.equal(failed.status, 125);
  assert.match(failed.stderr, /^brig: runc cannot run the container: it ended without a word$/m);
  requireNothingLeft();
});

/** Waits for an entry of a directory. */
function appears(directory: string, wanted: (name: string) => boolean): Promise<string> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = readdirSync(directory).find(wanted);
      if (found === undefined) return;
      watcher.close();
      resolve(found);
    };
    const watcher = watch(directory, { persistent: false }, look);
    look();
  });
}

test("a comparison that is interrupted leaves nothing", async () => {
  const engine = createEngine({ root: root.root, runRoot: root.runRoot, helperPath });
  const options = {
    image,
    command: ["sleep", "1000"],
    userns: "host",
    limits: { cgroupParent: parent },
    networks: [{ network: "none", aliases: [], links: [], gatewayPriority: 0 }],
  } as const;
  const interruption = new AbortController();
  const reason = new EngineError("interrupted", "interrupted by SIGINT");
  const ended = engine.compareRunc({ options, signal: interruption.signal });
  // runc makes its own directory before anything of the container
  const begun = (async () => {
    const name = await appears(root.runRoot, (one) => one.startsWith(".runc-"));
    await appears(join(root.runRoot, name), (one) => one === "state");
    interruption.abort(reason);
  })();
  await assert.rejects(ended, (error) => error === reason);
  await begun;
  requireNothingLeft();
});

test("what a killed comparison leaves is found and removed by system check --repair, and nothing of one that runs", async () => {
  const request = [
    ...words,
    "--userns",
    "host",
    "--network",
    "none",
    "--cgroup-parent",
    parent,
    image,
    "sleep",
    "1000",
  ];
  const comparison = new BrigProcess(request, root);
  const directory = join(root.runRoot, await appears(root.runRoot, (one) => one.startsWith(".runc-")));
  await appears(directory, (one) => one === "state");
  const faults = async (...flags: readonly string[]) =>
    (await runBrig(["system", "check", "--format", "{{.check}} {{.object}} {{.repaired}}", ...flags], { root })).stdout
      .split("\n")
      .filter((line) => line.includes(".runc-"));
  comparison.child.kill("SIGSTOP"); // runc goes on, and it cannot come to its end while it is looked at
  assert.deepEqual(await faults(), []);
  const { id, groups: made } = JSON.parse(readFileSync(join(directory, "comparison.json"), "utf8")) as {
    readonly id: string;
    readonly groups: readonly string[];
  };
  const held = () => made.filter((group) => group.endsWith(id) && existsSync(group));
  await until(() => held().length > 0);
  comparison.child.kill("SIGKILL");
  await comparison.ended;
  assert.deepEqual(await faults(), [`comparisons ${directory} false`]);
  assert.notDeepEqual(held(), []);
  assert.deepEqual(await faults("--repair"), [`comparisons ${directory} true`]);
  assert.deepEqual(held(), []);
  requireNothingLeft();
});
