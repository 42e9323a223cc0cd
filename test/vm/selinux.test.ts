import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { servedBusyboxRoot, timeoutMs } from "../support/busyboxRegistry.ts";
import { machineTest } from "../support/machine.ts";
import { enforceTinyPolicy } from "../support/tinyPolicy.ts";

let root: TestRoot;
let image: string;
let isEnforced = false;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
});

after(() => disposeRoot(root));

const enforce = () => {
  if (!isEnforced) enforceTinyPolicy(root.directory);
  isEnforced = true;
};
const selinux = { controllers: [], module: "selinux" } as const;
const current = "/proc/self/attr/current";

const run = (flags: readonly string[], script: string) =>
  runBrig(["run", "--rm", "--network", "none", ...flags, image, "sh", "-c", script], { root, timeoutMs });
const labelOf = async (...flags: readonly string[]) => {
  const { stdout, stderr } = await run(flags, `cat ${current}`);
  assert.notEqual(stdout, "", stderr);
  return stdout.replaceAll("\0", "").trim();
};

machineTest("a container has its own SELinux categories, and keeps them", selinux, async () => {
  enforce();
  await brigOk(["run", "-d", "--name", "box", "--network", "none", image, "sleep", "100000"], { root, timeoutMs });
  try {
    const inside = async () => {
      const { stdout } = await brigOk(["exec", "box", "cat", current], { root, timeoutMs });
      return stdout.replaceAll("\0", "").trim();
    };
    const label = await inside();
    const categories = /^system_u:system_r:container_t:s0:(c\d+,c\d+)$/.exec(label)?.[1];
    assert.ok(categories !== undefined, label);
    const format = "{{.ProcessLabel}} {{.MountLabel}}";
    const { stdout } = await brigOk(["inspect", "-f", format, "box"], { root, timeoutMs });
    assert.equal(stdout, `${label} system_u:object_r:container_file_t:s0:${categories}\n`);
    await brigOk(["restart", "-t", "0", "box"], { root, timeoutMs });
    assert.equal(await inside(), label);
    assert.notEqual(await labelOf(), label);
    assert.equal((await run(["--pid", "container:box"], `cat ${current}`)).stdout.replaceAll("\0", "").trim(), label);
  } finally {
    await runBrig(["rm", "-f", "box"], { root, timeoutMs });
  }
});

machineTest("an init in front of the payload has the label of both", selinux, async () => {
  enforce();
  const script = "cat /proc/$PPID/comm /proc/$PPID/attr/current; cat /proc/self/attr/current";
  for (const flags of [["--init"], ["--init", "--security-opt", "no-new-privileges"]]) {
    const { stdout, stderr, code } = await run(flags, `${script}; true`);
    const [name, init, payload] = stdout.replaceAll("\0", "\n").split("\n");
    assert.match(init ?? "", /^system_u:system_r:container_t:s0:c\d+,c\d+$/, stderr);
    assert.deepEqual([name, payload, code], ["brig: init", init, 0]);
  }
});

machineTest("--security-opt label= changes parts of the label, or leaves it to the caller's", selinux, async () => {
  enforce();
  const flags = ["--security-opt", "label=type:other_t", "--security-opt", "label=level:s0:c7,c9"];
  assert.equal(await labelOf(...flags), "system_u:system_r:other_t:s0:c7,c9");
  assert.equal(await labelOf("--security-opt", "label=disable"), "system_u:system_r:host_t:s0");
  assert.equal(await labelOf("--privileged"), "system_u:system_r:host_t:s0");
  const unknown = await run(["--security-opt", "label=type:missing_t"], "true");
  assert.equal(unknown.code, 125);
  assert.match(unknown.stderr, /hint: the policy knows no such label/);
});

machineTest("z and Z give a directory the label that lets a container, or several, read it", selinux, async () => {
  enforce();
  const directory = join(root.directory, "shown");
  mkdirSync(directory);
  writeFileSync(join(directory, "file"), "text\n");
  const read = async (mode: string, ...flags: readonly string[]) =>
    run(["-v", `${directory}:/shown${mode}`, ...flags], "cat /etc/hostname >/dev/null && cat /shown/file");
  assert.match((await read("")).stderr, /\/shown\/file'?: Permission denied/);
  const own = await read(":Z");
  assert.equal(own.stdout, "text\n", own.stderr);
  assert.match((await read("")).stderr, /\/shown\/file'?: Permission denied/);
  assert.equal((await read(":z")).stdout, "text\n");
  assert.equal((await read("")).stdout, "text\n");
  const refused = await run(["-v", "/usr:/shown:z"], "true");
  assert.equal(refused.code, 125);
  assert.match(refused.stderr, /SELinux relabeling of \/usr is not allowed/);
});
