// @regression V14 CVE-2022-0811
// @wrong A setting of the kernel carried a second one in its value.
// @defence Only settings of the container's own namespaces, by a list; values of plain characters; each written by
//   itself through a descriptor.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkSysctls, planSysctls } from "../../../../src/launch/hardening.ts";
import type { NamespaceKind } from "../../../../src/oci/index.ts";

const all: readonly NamespaceKind[] = ["user", "mount", "pid", "network", "uts", "ipc", "cgroup"];

function plan(pairs: readonly (readonly [string, string])[], made = all) {
  checkSysctls(new Map(pairs), made);
  return planSysctls({ requested: new Map(pairs), made });
}

describe("checkSysctls() and planSysctls()", () => {
  it("lets everybody ping and bind low ports in a network of the container's own", () => {
    const mappings = [{ containerID: 0, hostID: 1 << 29, size: 65536 }];
    assert.deepEqual(planSysctls({ requested: new Map(), made: all, gidMappings: mappings }), {
      "net.ipv4.ping_group_range": "0 65535",
      "net.ipv4.ip_unprivileged_port_start": "0",
    });
    assert.equal(plan([])["net.ipv4.ping_group_range"], "0 2147483647");
    assert.deepEqual(plan([], ["mount", "ipc"]), {});
  });

  it("allows the settings of namespaces that the container makes, over the defaults", () => {
    const settings: readonly (readonly [string, string])[] = [
      ["net.ipv4.ip_forward", "1"],
      ["net.ipv4.ip_local_port_range", "1024 65535"],
      ["net.ipv4.tcp_rmem", "4096\t87380 6291456"],
      ["net.ipv4.tcp_congestion_control", "bbr"],
      ["net.ipv6.conf.eth0.stable_secret", "2001:db8::1"],
      ["net.ipv4.ping_group_range", "1 0"],
      ["kernel.shmmax", "68719476736"],
      ["kernel.sem", "250 32000 100 128"],
      ["kernel.msgmnb", "65536"],
      ["fs.mqueue.msg_max", "100"],
      ["kernel.domainname", "example.org"],
    ];
    assert.deepEqual(plan(settings), { "net.ipv4.ip_unprivileged_port_start": "0", ...Object.fromEntries(settings) });
  });

  it("refuses settings of namespaces that are shared", () => {
    const own = (shared: NamespaceKind) => all.filter((kind) => kind !== shared);
    assert.throws(() => plan([["net.ipv4.ip_forward", "1"]], own("network")), { code: "invalidValue" });
    assert.throws(() => plan([["kernel.shmmax", "1"]], own("ipc")), { code: "invalidValue" });
    assert.throws(() => plan([["fs.mqueue.msg_max", "1"]], own("ipc")), { code: "invalidValue" });
    assert.throws(() => plan([["kernel.domainname", "x"]], own("uts")), { code: "invalidValue" });
  });

  // V14: nothing of these may reach a file below /proc/sys.
  const good = "net.ipv4.ip_forward";
  const machineWide =
    "kernel.core_pattern kernel.modprobe kernel.hostname kernel.sysrq kernel.panic kernel.randomize_va_space " +
    "kernel.yama.ptrace_scope kernel.unprivileged_bpf_disabled kernel.ns_last_pid kernel.pid_max kernel.shmmax.x " +
    "kernel.msgmax2 kernel.sem.core_pattern kernel vm.swappiness vm.overcommit_memory vm.mmap_min_addr fs.file-max " +
    "fs.suid_dumpable fs.binfmt_misc.register fs.protected_symlinks fs.mqueue user.max_user_namespaces dev.tty.ldisc_autoload " +
    "debug.exception-trace sunrpc.rpc_debug abi.vsyscall32 crypto.fips_enabled NET.ipv4.ip_forward netx.y __proto__ constructor";
  const names = [
    ...machineWide.split(" "),
    ...[
      "",
      ".",
      "net.",
      "net..ipv4",
      ".net.ipv4",
      "net.ipv4.",
      "net/ipv4/ip_forward",
      "net.ipv4/../../kernel/core_pattern",
    ],
    ...[
      "net...kernel.core_pattern",
      "../kernel.core_pattern",
      "net.ipv4.ip_forward\nkernel.core_pattern",
      "net.\0ipv4",
    ],
    ...[
      " net.ipv4.ip_forward",
      "net.ipv4.ip forward",
      "net.ipv4.ip_forward=1+kernel.core_pattern",
      "net.ipv4.é",
      "net.%2e%2e.x",
    ],
    ...["net.ipv4.\u2024x", `net.${"a".repeat(300)}`, `net.${".".repeat(1 << 20)}`],
  ];
  const values = [
    "",
    " ",
    "1\n",
    "1\0",
    "1+kernel.core_pattern=|/x",
    "a+b",
    "|/bin/sh",
    "$(id)",
    "`id`",
    "1;2",
    "../x",
    "é",
    "x".repeat(1 << 20),
  ];
  const hostile = [...names.map((name) => [name, "1"] as const), ...values.map((value) => [good, value] as const)];

  it(`refuses ${hostile.length} hostile pairs, at least 60, each at once`, () => {
    assert.ok(hostile.length >= 60);
    for (const [name, value] of hostile) {
      const started = performance.now();
      assert.throws(() => plan([[name, value]]), { code: "invalidValue" }, JSON.stringify([name, value]).slice(0, 99));
      assert.ok(performance.now() - started < 2000, name.slice(0, 20));
    }
  });

  it("says it in Docker's words, without control characters", () => {
    assert.throws(() => plan([["kernel.core_pattern", "x"]]), {
      message: "sysctl 'kernel.core_pattern' is not allowed",
    });
    assert.throws(() => plan([["a\u001b[31m", "x"]]), { message: "sysctl 'a\\u001b[31m' is not allowed" });
  });
});
