// @regression V16 CVE-2022-0492
// @wrong Root of a new user namespace mounts a cgroup hierarchy and gives the host a program to run when a group is empty.
// @rule R1
// @defence Namespaces and mounts cannot be made in a container (seccomp), and cgroup v1 is never shown to one.
// @regression V19 CVE-2014-9922 kind: keyrings
// @wrong A container saw the keys of the session that started it.
// @defence Calls for keys are denied, the first process joins a keyring of its own, and /proc/keys is masked.
// @regression V22 CVE-2026-31431
// @wrong The kernel's crypto sockets, reachable from every container, wrote to pages of other containers' files.
// @defence socket(2) is denied for AF_ALG and AF_VSOCK.
// @regression V23 io_uring, userfaultfd, bpf, perf, kexec, modules
// @wrong Parts of the kernel that nobody in a container needs gave root on the host, one after the other.
// @defence They are not in the list of allowed system calls.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { brigOk, createRoot, disposeRoot, type TestRoot } from "../support/brig.ts";
import { importHostile, quietRun } from "../support/hostileImage.ts";
import { nativeProgram } from "../support/nativeProgram.ts";

let root: TestRoot;

before(async () => {
  root = createRoot();
  const content = readFileSync(await nativeProgram("attack"));
  await importHostile(root, { name: "attack", entries: [{ name: "attack", mode: 0o755, content }] });
});
after(() => disposeRoot(root));

const keys = ["keyctl", "add_key", "request_key"];
const sockets = ["socket-alg", "socket-vsock"];
const mounts =
  "mount umount2 pivot_root fsopen open_tree move_mount mount_setattr setns user-namespace mount-namespace";
const surface =
  "io_uring_setup userfaultfd bpf perf_event_open kexec_load init_module delete_module open_by_handle_at reboot swapon " +
  "syslog quotactl kcmp pidfd_getfd process_madvise";
const attacks = [...keys, ...sockets, ...mounts.split(" "), ...surface.split(" ")];

const [denied, unknown] = [1, 38]; // EPERM, ENOSYS

async function answers(flags: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await brigOk([...quietRun, ...flags, "attack", "/attack", ...attacks, "clone3"], { root });
  return new Map(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => [line.split(" ")[0] ?? "", Number(line.split(" ")[1])]),
  );
}

for (const flags of [[], ["--userns=host"], ["-u", "app"], ["--cap-add=NET_ADMIN", "--cap-add=NET_RAW"]]) {
  test(`V16, V19, V22, V23: none of ${attacks.length} attacks on the kernel gets past the filter ${flags.join(" ")}`, async () => {
    const answer = await answers(flags);
    for (const attack of attacks) assert.equal(answer.get(attack), denied, attack);
    assert.equal(answer.get("clone3"), unknown); // so that C libraries fall back to clone(2), whose flags can be seen
  });
}

test("V16, V19, V22, V23: without the filter the kernel itself answers, so it was the filter that denied", async () => {
  const answer = await answers(["--security-opt", "seccomp=unconfined"]);
  assert.equal(answer.get("user-namespace"), 0);
  const past = attacks.filter((attack) => answer.get(attack) !== denied);
  for (const attack of [...keys, ...sockets, "io_uring_setup", "bpf", "setns", "open_tree"])
    assert.ok(past.includes(attack), attack);
  assert.ok(past.length >= 15, past.join(" "));
});

const groups =
  "mkdir -p /tmp/g; mount -t cgroup -o memory none /tmp/g; mount -t cgroup2 none /tmp/g; ls /tmp/g; grep -c ' cgroup ' /proc/mounts";

test("V16: a container neither mounts a group hierarchy nor sees one of version 1", async () => {
  const tried = await brigOk(
    [...quietRun, "--userns=host", "attack", "sh", "-c", `unshare -Ur true && echo made; ${groups}; true`],
    { root },
  );
  assert.equal(tried.stdout, "0\n", tried.stderr);
  assert.match(tried.stderr, /unshare.*Operation not permitted/);
});
