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

function firstLacking({ controllers, files = [], module }: Needs): string | undefined {
  const offered = readFileSync(join(groups, "cgroup.controllers"), "utf8").trim().split(" ");
  const controller = controllers.find((wanted) => !offered.includes(wanted));
  if (controller !== undefined) return `${controller} controller`;
  if (module !== undefined && !moduleSigns[module]()) return `${module} at work`;
  return files.find((file) => !existsSync(join(groups, file)));
}
