import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  for (const [name, text] of Object.entries(profiles)) writeFileSync(join(root.directory, name), text);
});

after(() => disposeRoot(root));

const deny = (names: readonly string[], more: object = {}) =>
  JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names, action: "SCMP_ACT_ERRNO", ...more }] });

/** Each rule is compared with for itself: more than the kernel takes in one filter. */
const endless = Array.from({ length: 1500 }, (_, value) => ({
  names: ["personality"],
  action: "SCMP_ACT_ALLOW",
  args: [{ index: 0, value: value * 3, op: "SCMP_CMP_EQ" }],
}));

const profiles: Readonly<Record<string, string>> = {
  "endless.json": JSON.stringify({ defaultAction: "SCMP_ACT_ERRNO", syscalls: endless }),
  "cut.json": deny(["mount"]).slice(0, -3),
  "open.json": JSON.stringify({ syscalls: [] }),
  "call.json": deny(["mount", "mnout"]),
  "capability.json": deny(["mount"], { includes: { caps: ["CAP_SYS_ADMINN"] } }),
  "action.json": JSON.stringify({ defaultAction: "SCMP_ACT_PERHAPS" }),
  "architecture.json": JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_Z80"] }),
};

/** What contradicts itself, is below the least or above what this host has, and names that nothing has. */
const refusals: readonly (readonly [flags: string, reason: RegExp])[] = [
  ["-m 5m", /Minimum memory limit allowed is 6MB/],
  ["-m 64m --memory-swap 32m", /Minimum memoryswap limit should be larger than memory limit/],
  ["--memory-swap 32m", /You should always set the Memory limit when using Memoryswap limit/],
  ["-m 64m --memory-reservation 65m", /Minimum memory limit can not be less than memory reservation limit/],
  ["-m 64x", /invalid/],
  ["--cpus 0.001", /range of CPUs is from 0.01/],
  [`--cpus ${cpus().length + 1}`, /range of CPUs is from 0.01/],
  ["--cpus 0.5 --cpu-quota 5000", /Nano CPUs and CPU Quota cannot both be set/],
  ["--cpus 0.5 --cpu-period 5000", /Nano CPUs and CPU Period cannot both be set/],
  ["--cpu-quota 999", /CPU cfs quota can not be less than 1ms/],
  ["--cpu-period 999", /CPU cfs period can not be less than 1ms/],
  ["--cpuset-cpus 4095", /Requested CPUs are not available - requested 4095/],
  ["--cpuset-cpus 1-0", /invalid value/],
  ["--cpuset-mems 77", /Requested memory nodes are not available - requested 77/],
  ["--blkio-weight 9", /Range of blkio weight is from 10 to 1000/],
  ["--device-read-bps /dev/null:1mb", /"?\/dev\/null"? is (no|not a) block device/],
  ["--device-write-iops /dev/missing:1", /\/dev\/missing/],
  ["--cgroup-conf cgroup.procs=1", /cgroup.procs/],
  ["--cgroup-conf ../memory.max=1", /memory.max/],
  ["--cap-add SYS_ADMINN", /unknown capability: "SYS_ADMINN"[\s\S]*did you mean/],
  ["--cap-drop NOTHING", /unknown capability: "NOTHING"/],
  ["--security-opt seccomp=DIR/missing.json", /missing\.json/],
  ["--security-opt seccomp=DIR/cut.json", /the seccomp profile is not JSON/],
  ["--security-opt seccomp=DIR/open.json", /the seccomp profile has no "defaultAction"/],
  ["--security-opt seccomp=DIR/call.json", /mnout/],
  ["--security-opt seccomp=DIR/capability.json", /CAP_SYS_ADMINN/],
  ["--security-opt seccomp=DIR/action.json", /SCMP_ACT_PERHAPS/],
  ["--security-opt seccomp=DIR/architecture.json", /SCMP_ARCH_Z80/],
  ["--security-opt seccomp=DIR/endless.json", /the seccomp filter needs \d+ instructions/],
  ["--security-opt nothing=much", /invalid --security-opt/],
  ["--security-opt profile=lenient", /lenient/],
  ["--sysctl kernel.core_pattern=x", /sysctl 'kernel.core_pattern' is not allowed/],
  ["--sysctl net.core.somaxconn=9+kernel.core_pattern=x", /invalid value/],
  ["--sysctl kernel.shmmax=9 --ipc host", /has no ipc namespace of its own/],
  ["--sysctl net.core.somaxconn=9 --network host", /has no network namespace of its own/],
  ["--device /dev/missing", /no such file or directory/],
  ["--device /etc/hostname", /not a device node/],
  ["--device-cgroup-rule c", /invalid device cgroup format/],
  ["--ulimit nothing=1", /ulimit/],
  ["--ulimit nofile=9:8", /ulimit/],
  ["--userns auto:size=0", /size/],
  ["--userns somebody", /somebody/],
  ["--cgroupns shared", /shared/],
  ["--pids-limit many", /invalid/],
  ["-v other:/proc/tty", /cannot mount over "?\/proc\/tty/],
  ["--mount type=bind,source=/missing,target=/here", /bind source path does not exist: \/missing/],
  ["--mount type=volume,source=parts,target=/x,volume-subpath=a,MEMORY", /cannot show the part "a"/],
  ["--mount type=volume,source=shows,target=/x,BIND", /mount \/missing: no such file or directory/],
  ["--user nobody-here", /unable to find user nobody-here: no matching entries in passwd file/],
  ["--user 0:nobody-here", /unable to find group nobody-here: no matching entries in group file/],
  ["--group-add nobody-here", /unable to find group nobody-here/],
  ["--user 65536 --userns auto", /cannot run as the id 65536: the container's ids end at 65535/],
  ["--user 65 --userns auto:size=64", /cannot run as the id 65: the container's ids end at 63/],
  ["--network missing", /network missing not found/],
  ["--network lan --ip 192.0.2.9", /not an address of 10\.211\.0\.0\/24/],
  ["--network lan --ip 10.211.0.1", /Address already in use/],
  ["--network lan --ip6 fd00::9", /the network lan has no IPv6/],
  ["--network lan --link missing:other", /could not get container for missing/],
  [`--log-opt env=LONG -e LONG=${"x".repeat(17_000)}`, /labels and variables for the log are longer than 16 KiB/],
];

const options: Readonly<Record<string, string>> = {
  MEMORY: "volume-opt=type=tmpfs,volume-opt=device=tmpfs",
  BIND: "volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/missing",
};

/** A command that is none, by which the status is another one. */
const commands: readonly (readonly [flags: string, reason: RegExp])[] = [
  ["--entrypoint .", /exec: "\.": executable file not found in \$PATH/],
  ["-e PATH= --entrypoint sh", /exec: "sh": executable file not found in \$PATH/],
];

/** What the roots hold, but for caches, and when it changed last: of directories, when something was made or removed in them. */
function held(): readonly string[] {
  return [root.root, root.runRoot].flatMap((directory) =>
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((name) => !name.startsWith("cache"))
      .map((name) => `${name} ${statSync(join(directory, name), { bigint: true }).mtimeNs}`),
  );
}

test("what contradicts itself, or what this host cannot give, is refused with the reason before anything is made", async () => {
  // The directories of the roots are made with the first of what they hold.
  await brigOk(["create", "--name", "before", "--network", "none", "-v", "before:/v", image, "true"], { root });
  await brigOk(["rm", "before"], { root });
  await brigOk(["volume", "rm", "before"], { root });
  await brigOk(["network", "create", "--subnet", "10.211.0.0/24", "lan"], { root });
  const before = held();
  const own = ["-v", "never:/never", "-v", `${root.directory}/never:/nor-this`];
  const wrong: string[] = [];
  const all = [...refusals.map((one) => [...one, 125] as const), ...commands.map((one) => [...one, 127] as const)];
  for (const [index, [text, reason, status]] of all.entries()) {
    const named = text.replace(/MEMORY|BIND/, (name) => options[name] ?? "");
    const flags = named.replaceAll("DIR", root.directory).split(" ");
    const network = text.includes("--network") ? [] : ["--network", "none"];
    const verb = index % 2 === 0 ? ["run", "--rm"] : ["create"];
    const args = [...verb, ...network, ...own, ...flags, image, "echo", "started"];
    const { code, stdout, stderr } = await runBrig(args, { root });
    const refused = code === status && stdout === "" && reason.test(stderr) && !/^\s+at /m.test(stderr);
    if (!refused) wrong.push(`${text}: ${code} ${stdout} ${stderr}`);
    assert.deepEqual(held(), before, text);
    assert.ok(!existsSync(join(root.directory, "never")), text);
  }
  assert.deepEqual(wrong, []);
});

test("a container that was to be replaced stays when what would replace it is refused", async () => {
  await brigOk(["create", "--name", "kept", "--network", "none", image, "true"], { root });
  const { stdout: id } = await brigOk(["inspect", "-f", "{{.Id}}", "kept"], { root });
  const wrong = ["--user nobody-here", "--mount type=bind,source=/missing,target=/here", "--network missing"];
  for (const text of wrong) {
    const network = text.includes("--network") ? [] : ["--network", "none"];
    const args = ["run", "--replace", "--name", "kept", ...network, ...text.split(" "), image, "true"];
    assert.equal((await runBrig(args, { root })).code, 125);
    assert.equal((await brigOk(["inspect", "-f", "{{.Id}}", "kept"], { root })).stdout, id, text);
  }
});
