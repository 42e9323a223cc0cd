import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeVerdict } from "../../../../src/launch/seccomp/actions.ts";
import { abiFacts, type NativeArch } from "../../../../src/launch/seccomp/architectures.ts";
import { compileSeccomp } from "../../../../src/launch/seccomp/compile.ts";
import { defaultSeccompProfile, type SeccompVariant } from "../../../../src/launch/seccomp/profile.ts";
import { resolveProfile } from "../../../../src/launch/seccomp/resolveProfile.ts";
import { simulate } from "../../../../src/launch/seccomp/simulate.ts";
import { type SyscallArch, syscallNumbers } from "../../../../src/launch/seccomp/syscallTables.ts";
import { verifyProgram } from "../../../../src/launch/seccomp/verifyProgram.ts";

/** The calls of Linux 6.1 that Docker's profile refuses to a container with the default capabilities. */
const refused = `
  _sysctl acct add_key afs_syscall bpf clock_settime clone3 create_module delete_module fanotify_init finit_module
  fsconfig fsmount fsopen fspick get_kernel_syms get_mempolicy getpmsg init_module io_uring_enter io_uring_register
  io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mbind migrate_pages mount
  mount_setattr move_mount move_pages nfsservctl open_by_handle_at open_tree perf_event_open pidfd_getfd pivot_root
  process_madvise putpmsg query_module quotactl quotactl_fd reboot request_key security set_mempolicy
  set_mempolicy_home_node setdomainname sethostname setns settimeofday swapoff swapon sysfs syslog tuxcall umount2
  unshare uselib userfaultfd ustat vhangup vserver`.trim();

const newestOf61 = 450;

function compileDefault(
  options: { capabilities?: readonly string[]; variant?: SeccompVariant; arch?: NativeArch } = {},
) {
  const { capabilities = ["CAP_SYS_CHROOT", "CAP_SETPCAP"], variant = "default", arch = "x86_64" } = options;
  const spec = resolveProfile(defaultSeccompProfile(variant), { capabilities, arch, kernelRelease: "6.1.0" });
  return compileSeccomp(spec, arch);
}

function ask(program: Uint8Array, abi: SyscallArch, name: string, ...args: readonly bigint[]): string {
  const nr = (syscallNumbers(abi).get(name) ?? Number.NaN) + abiFacts[abi].numberBase;
  assert.ok(Number.isInteger(nr), name);
  return describeVerdict(simulate(program, { arch: abiFacts[abi].audit, nr, args }).verdict);
}

describe("the default seccomp profile", () => {
  it("allows 292 calls of Linux 6.1 on x86-64, looks at the arguments of 3 and refuses 67", () => {
    const program = compileDefault();
    const known = [...syscallNumbers("x86_64")].filter(
      ([name, nr]) => nr <= newestOf61 && !/^ur?e?t?probe$/.test(name),
    );
    const denied = known.map(([name]) => name).filter((name) => ask(program, "x86_64", name) !== "ALLOW");
    assert.deepEqual(denied.sort(), refused.split(/\s+/).sort());
    assert.equal(known.length, 292 + 3 + 67);
  });

  it("answers refused calls with EPERM, clone3 and unknown numbers with ENOSYS", () => {
    const program = compileDefault();
    assert.equal(ask(program, "x86_64", "mount"), "ERRNO(1)");
    assert.equal(ask(program, "x86_64", "clone3"), "ERRNO(38)");
    for (const nr of [337, 423, 470, 511, 512, 547, 0x3fffffff, 0x40000000 + 600, 0xffffffff]) {
      const { verdict } = simulate(program, { arch: abiFacts.x86_64.audit, nr });
      assert.equal(describeVerdict(verdict), "ERRNO(38)", String(nr));
    }
  });

  it("lets no container open AF_ALG, AF_VSOCK or forgotten sockets, whatever the upper half of the argument (V22)", () => {
    const program = compileDefault();
    for (const family of [12n, 19n, 20n, 23n, 25n, 34n, 37n, 38n, 40n, 46n, 255n, 0xffffffffn]) {
      for (const high of [0n, 1n << 32n, 0xffffffffn << 32n]) {
        assert.equal(ask(program, "x86_64", "socket", high | family), "ERRNO(1)", `${high | family}`);
      }
    }
    for (const abi of ["i386", "x32"] as const) assert.equal(ask(program, abi, "socket", 38n), "ERRNO(1)");
    for (const family of [1n, 2n, 10n, 11n, 16n, 17n, 18n, 36n, 39n, 41n, 44n, 45n]) {
      assert.equal(ask(program, "x86_64", "socket", family), "ALLOW", String(family));
    }
  });

  it("lets clone make processes and threads but no namespaces", () => {
    const program = compileDefault();
    const thread = 0x3d0f00n;
    for (const abi of ["x86_64", "i386", "x32"] as const) {
      assert.equal(ask(program, abi, "clone", thread), "ALLOW");
      for (const flag of [0x20000n, 0x2000000n, 0x4000000n, 0x8000000n, 0x10000000n, 0x20000000n, 0x40000000n]) {
        assert.equal(ask(program, abi, "clone", thread | flag), "ERRNO(1)", `${abi} ${flag}`);
      }
    }
  });

  it("lets personality ask and choose only harmless kinds", () => {
    const program = compileDefault();
    for (const kind of [0n, 8n, 0x20000n, 0x20008n, 0xffffffffn]) {
      assert.equal(ask(program, "x86_64", "personality", kind), "ALLOW");
    }
    for (const kind of [1n, 0x40000n, 0x400000n, 0x20009n, 1n << 32n]) {
      assert.equal(ask(program, "x86_64", "personality", kind), "ERRNO(1)");
    }
  });

  it("gives the calls that belong to a capability with it and not without it", () => {
    const groups: Readonly<Record<string, readonly string[]>> = {
      CAP_SYS_ADMIN: ["mount", "umount2", "unshare", "setns", "clone3", "fsopen", "bpf", "syslog", "sethostname"],
      CAP_SYS_PTRACE: ["kcmp", "pidfd_getfd", "process_madvise"],
      CAP_SYS_TIME: ["clock_settime", "settimeofday"],
      CAP_SYS_NICE: ["mbind", "set_mempolicy", "get_mempolicy", "set_mempolicy_home_node"],
      CAP_SYS_MODULE: ["init_module", "finit_module", "delete_module"],
      CAP_SYS_RAWIO: ["iopl", "ioperm"],
      CAP_SYS_BOOT: ["reboot"],
      CAP_SYS_PACCT: ["acct"],
      CAP_SYS_TTY_CONFIG: ["vhangup"],
      CAP_SYS_CHROOT: ["chroot"],
      CAP_DAC_READ_SEARCH: ["open_by_handle_at"],
      CAP_SYSLOG: ["syslog"],
      CAP_PERFMON: ["perf_event_open"],
      CAP_BPF: ["bpf"],
    };
    const without = compileDefault({ capabilities: [] });
    for (const [capability, names] of Object.entries(groups)) {
      const program = compileDefault({ capabilities: [capability] });
      for (const name of names) {
        assert.equal(ask(program, "x86_64", name), "ALLOW", `${name} with ${capability}`);
        assert.notEqual(ask(without, "x86_64", name), "ALLOW", `${name} without ${capability}`);
      }
    }
  });

  it("refuses io_uring, userfaultfd, keyrings and kexec even to a container with all capabilities (V23)", () => {
    const program = compileDefault({ capabilities: Object.keys({ CAP_SYS_ADMIN: 1, CAP_SYS_BOOT: 1, CAP_BPF: 1 }) });
    for (const name of ["io_uring_setup", "userfaultfd", "keyctl", "add_key", "request_key", "kexec_load"]) {
      assert.equal(ask(program, "x86_64", name), "ERRNO(1)", name);
    }
  });

  it("names only calls that exist, each once for the same circumstances", () => {
    const existing = new Set(
      (["x86_64", "i386", "x32", "aarch64"] as const).flatMap((abi) => [...syscallNumbers(abi).keys()]),
    );
    const seen = new Set<string>();
    for (const rule of defaultSeccompProfile().syscalls) {
      for (const name of rule.names) {
        assert.ok(existing.has(name), name);
        const key = JSON.stringify([name, rule.args, rule.includes, rule.excludes]);
        assert.ok(!seen.has(key), key);
        seen.add(key);
      }
    }
  });

  it("needs at most 800 instructions and 16 steps for an average call", () => {
    for (const arch of ["x86_64", "aarch64"] as const) {
      const program = compileDefault({ arch });
      assert.deepEqual(verifyProgram(program), []);
      assert.ok(program.length / 8 <= 800, `${program.length / 8} instructions`);
      const numbers = [...syscallNumbers(arch).values()];
      const steps = numbers.map((nr) => simulate(program, { arch: abiFacts[arch].audit, nr }).executed);
      const average = steps.reduce((sum, count) => sum + count, 0) / steps.length;
      assert.ok(average <= 16, `${average} steps`);
    }
  });
});

describe("the strict seccomp profile", () => {
  it("refuses x32 and the multiplexed socket call of i386, which the default one allows", () => {
    const [standard, strict] = [compileDefault(), compileDefault({ variant: "strict" })];
    assert.equal(ask(standard, "x32", "read"), "ALLOW");
    assert.equal(ask(strict, "x32", "read"), "KILL_PROCESS");
    assert.equal(ask(standard, "i386", "socketcall"), "ALLOW");
    assert.equal(ask(strict, "i386", "socketcall"), "ERRNO(38)");
    assert.equal(ask(strict, "i386", "read"), "ALLOW");
  });
});
