// @regression V06 CVE-2019-16884, CVE-2025-52881
// @wrong A mount over /proc or a part of it deceived whoever configured the container through it: labels and settings of the
//   kernel were written to a file of the image's choice, or hidden ones shown.
// @rule R4
// @defence Mounts over the kernel's file systems are refused by name, and by what is found where a link of the image leads;
//   settings go through a descriptor of a procfs of brig's own and never into another mount.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { importHostile, quietRun } from "../support/hostileImage.ts";
import { nativeProgram } from "../support/nativeProgram.ts";
import { removeRunning, startRunning } from "../support/runningContainer.ts";

let root: TestRoot;
let fake: string;

const links: Readonly<Record<string, string>> = {
  all: "/proc",
  settings: "proc/sys",
  self: "/proc/self",
  first: "../../../../proc/1",
  attributes: "/proc/thread-self/attr",
  keys: "/proc/keys",
  system: "/sys",
  groups: "/sys/fs/cgroup",
};

before(async () => {
  root = createRoot();
  fake = join(root.directory, "fake");
  mkdirSync(fake);
  const entries = Object.entries(links).map(([name, link]) => ({ name, type: "2", link }));
  await importHostile(root, { name: "links", entries });
  const volumes = { name: "volumes", entries, changes: ["VOLUME /settings"] };
  await importHostile(root, volumes);
});
after(() => disposeRoot(root));

async function refused(flags: readonly string[], image: string): Promise<void> {
  const { code, stdout, stderr } = await runBrig([...quietRun, ...flags, image, "echo", "started"], { root });
  const what = `${flags.join(" ")}: ${stderr}`;
  assert.deepEqual([code, stdout], [125, ""], what);
  assert.match(stderr, /cannot mount over|leads to a file system of the kernel's/, what);
}

const named = ["/proc", "/proc/self", "/proc/sys/kernel", "/sys", "//proc/.", "/x/../proc", "/dev"];

test("V06: a mount that is named to be over the kernel's file systems is refused", async () => {
  const flags = named.map((target, index) => (index % 2 === 1 ? ["--tmpfs", target] : ["-v", `${fake}:${target}`]));
  await Promise.all(flags.map((words) => refused(words, "links")));
});

test("V06: a mount that a link of the image leads to them is refused", async () => {
  await Promise.all(Object.keys(links).map((name) => refused(["-v", `${fake}:/${name}`], "links")));
  await refused(["--tmpfs", "/all/sys/net"], "links");
  assert.deepEqual(readdirSync(fake), []);
});

test("V06: a volume is not filled from the kernel's file systems, by a flag or by the image", async () => {
  await brigOk(["volume", "create", "filled"], { root });
  await refused(["-v", "filled:/system"], "links");
  const { stdout } = await brigOk(["volume", "inspect", "-f", "{{.Mountpoint}}", "filled"], { root });
  assert.deepEqual(readdirSync(stdout.trim()), []);
  await refused([], "volumes");
});

test("V06: while a neighbour swaps a mount point in a shared volume for a link to /proc, settings stay true", async () => {
  const shared = join(root.directory, "shared");
  mkdirSync(join(shared, "point"), { recursive: true });
  const racer = await nativeProgram("racer");
  const race = "ln -s /proc/sys /shared/point.link; echo ready > /ready; /racer /shared/point /shared/point.link";
  const flags = ["--userns", "host", "-v", `${shared}:/shared`, "-v", `${racer}:/racer:ro`];
  await startRunning(root, { name: "race", image: "links", flags, command: ["sh", "-c", race] });
  try {
    const flags = ["--userns", "host", "-v", `${shared}:/shared`, "-v", `${fake}:/shared/point`];
    const ask =
      "cat /proc/sys/net/ipv4/ping_group_range; grep -c ' /proc' /proc/mounts; stat -f -c %T /proc/sys /proc/self/attr";
    const { stdout: honest } = await brigOk([...quietRun, "--userns", "host", "links", "sh", "-c", ask], { root });
    let started = 0;
    for (let round = 0; round < 2 || (started === 0 && round < 20); round += 1) {
      const args = [...quietRun, ...flags, "links", "sh", "-c", ask];
      for (const ran of await Promise.all(Array.from({ length: 6 }, () => runBrig(args, { root })))) {
        if (ran.code === 0) started += 1;
        else assert.match(ran.stderr, /^brig: cannot start the container: /);
        assert.equal(ran.stdout, ran.code === 0 ? honest : "", ran.stderr);
      }
    }
    assert.ok(started > 0, "no container was ever started");
  } finally {
    await removeRunning(root, "race");
  }
});
