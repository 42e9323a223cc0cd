// @regression V15 CVE-2023-25809
// @wrong The cgroup hierarchy was writable in containers that share the host's cgroup namespace.
// @defence It is read-only unless the user asks for writable groups.
// @regression V17 CVE-2018-10892, CVE-2020-8694
// @wrong Files of /proc and /sys let a container read or steer what belongs to the whole machine: bluetooth, power meters,
//   interrupts, memory.
// @defence They are hidden behind the null device or one empty directory, and the rest of the kernel's settings are read-only.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { brigOk, createRoot, disposeRoot, type TestRoot } from "../support/brig.ts";
import { importHostile, quietRun } from "../support/hostileImage.ts";

let root: TestRoot;

before(async () => {
  root = createRoot();
  await importHostile(root, { name: "box" });
});
after(() => disposeRoot(root));

const proc = "acpi asound interrupts kcore keys latency_stats sched_debug scsi timer_list timer_stats";
const masked = [
  ...proc.split(" ").map((name) => `/proc/${name}`),
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
  "/sys/devices/system/cpu/cpu0/thermal_throttle",
].filter((path) => existsSync(path));
const readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"].filter((path) =>
  existsSync(path),
);

/** For a file its size and device, for a directory its entries; then whether anything can be done about it. */
const look = `
for path in ${masked.join(" ")}; do
  if [ -d $path ]; then echo "$path holds $(ls -A $path | wc -l)"; else echo "$path holds $(head -c 100 $path | wc -c)"; fi
  umount $path 2>/dev/null && echo "$path was uncovered"
  echo 2>/dev/null > $path/made && echo "$path was written to"
  mount -o remount,rw $path 2>/dev/null && echo "$path was made writable"
done
for path in ${readOnly.join(" ")}; do
  mount -o remount,rw $path 2>/dev/null && echo "$path was made writable"
  awk -v path=$path '$5 == path { print path, substr($6, 1, 2) }' /proc/self/mountinfo
done
true`;

const run = async (flags: readonly string[], script: string) =>
  (await brigOk([...quietRun, ...flags, "box", "sh", "-c", script], { root })).stdout;

for (const flags of [[], ["--userns=host"], ["-u", "app"]]) {
  test(`V17: nothing is read of what is masked, and nothing of it is uncovered ${flags.join(" ")}`, async () => {
    assert.ok(masked.length > 3);
    const expected = [...masked.map((path) => `${path} holds 0`), ...readOnly.map((path) => `${path} ro`)];
    assert.deepEqual((await run(flags, look)).trimEnd().split("\n"), expected);
  });
}

test("V17: without the masks there would be something to read", async () => {
  const seen = await run(["--security-opt", "systempaths=unconfined", "--userns=host"], look);
  assert.match(seen, /^\/proc\/interrupts holds [1-9]/m);
  assert.doesNotMatch(seen, /^\/proc\/sys ro$/m);
});

const probe = `awk '$5 ~ "^/sys/fs/cgroup" { print $6 }' /proc/self/mountinfo; mkdir /sys/fs/cgroup/made 2>&1; echo 1 2>&1 > /sys/fs/cgroup/cgroup.procs; rmdir /sys/fs/cgroup/made 2>/dev/null`;

for (const flags of [["--cgroupns=private"], ["--cgroupns=host", "--userns=host"]]) {
  test(`V15: the groups are read-only with ${flags.join(" ")}`, async () => {
    const [options = "", ...refusals] = (await run(flags, `(${probe}) 2>&1; true`)).trimEnd().split("\n");
    assert.match(options, /^ro,/);
    assert.equal(refusals.length, 2, refusals.join("\n"));
    for (const line of refusals) assert.match(line, /Read-only file system/);
  });
}

test("V15: they are not when that is asked for", async () => {
  assert.match(await run(["--security-opt", "writable-cgroups=true", "--userns=host"], probe), /^rw,/);
});
