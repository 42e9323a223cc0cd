import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";

/** Where the machine of scripts/test-vm.mjs mounts cgroup v2. */
export const groups = "/sys/fs/cgroup";

/** The block device below /disk, which the roots of the tests lie on. */
export const disk = process.env.BRIG_VM_DISK ?? "";

/** Whether a security module is at work, not only built in; SELinux is on the machine that is booted for it (vm/engines.mjs). */
const moduleSigns = {
  apparmor: () => existsSync("/sys/kernel/security/apparmor"),
  selinux: () => /\bselinux=1\b/.test(readFileSync("/proc/cmdline", "utf8")),
} as const;

/** What a test needs of the kernel; the runner finds a kernel that has it, and fails when none has. */
export interface Needs {
  readonly controllers: readonly string[];
  /** Files of the root group that only some kernels have. */
  readonly files?: readonly string[];
  /** A security module that is at work. */
  readonly module?: keyof typeof moduleSigns;
  /** A kind of network interface whose kernel module can be loaded. */
  readonly link?: string;
  readonly ipv6?: true;
}

/** A test for a machine with pure cgroup v2. Where the kernel lacks what it needs, it says so and is run elsewhere. */
export function machineTest(name: string, needs: Needs, body: (t: TestContext) => Promise<void>): void {
  test(name, async (t) => {
    const lacking = firstLacking(needs);
    if (lacking !== undefined) {
      t.skip(`this kernel has no ${lacking}`);
      return;
    }
    await body(t);
  });
}

function firstLacking({ controllers, files = [], module, link, ipv6 }: Needs): string | undefined {
  const offered = readFileSync(join(groups, "cgroup.controllers"), "utf8").trim().split(" ");
  const controller = controllers.find((wanted) => !offered.includes(wanted));
  if (controller !== undefined) return `${controller} controller`;
  if (module !== undefined && !moduleSigns[module]()) return `${module} at work`;
  if (link !== undefined && !loadModule(link)) return `${link} interfaces`;
  if (ipv6 === true && !loadModule("ipv6")) return "IPv6";
  return files.find((file) => !existsSync(join(groups, file)));
}

/** Loads a module of the kernel; false where there is none with this name. */
export function loadModule(name: string): boolean {
  try {
    execFileSync("/sbin/modprobe", ["-q", name], { stdio: "ignore" });
  } catch {
    return false; // the kernel has neither the module nor, as its own part, the name of it
  }
  return existsSync(join("/sys/module", name));
}
