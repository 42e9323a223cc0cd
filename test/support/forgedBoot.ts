import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brigCommand, brigEnvironment, type TestRoot } from "./brig.ts";
import { monitorOf } from "./monitors.ts";
import { eventually } from "./services.ts";
import { cgroupOf } from "./traces.ts";

/** What a command said in a boot, and what it ended with. */
export interface SaidInBoot {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs brig as it would run in that boot. */
export type BootedBrig = (...args: readonly string[]) => Promise<SaidInBoot>;

/**
 * Does to containers what a reboot does: their monitors and processes are gone without a word, and so are their groups and
 * the run-time root. Commands then run in mount namespaces of their own in which the kernel gives another boot id (random(4)).
 */
export async function reboot(root: TestRoot, running: readonly string[]): Promise<BootedBrig> {
  for (const id of running) {
    process.kill(monitorOf(root, id), "SIGKILL");
    const group = cgroupOf(id);
    if (group === undefined) throw new Error(`${id} has no group`);
    writeFileSync(join(group, "cgroup.kill"), "1");
    const events = async () => readFileSync(join(group, "cgroup.events"), "utf8");
    await eventually(events, (text) => text.includes("populated 0"));
    rmdirSync(group);
  }
  rmSync(root.runRoot, { recursive: true });
  const bootId = join(root.directory, `boot-${randomUUID()}`);
  writeFileSync(bootId, `${randomUUID()}\n`);
  return (...args) => inBoot(bootId, { root, args });
}

/** A user namespace gets a proc of its own only where there is one with nothing mounted over its files (mount_namespaces(7)). */
const script = 'mount -t proc proc /mnt && mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';

function inBoot(
  bootId: string,
  { root, args }: { readonly root: TestRoot; readonly args: readonly string[] },
): Promise<SaidInBoot> {
  const argv = ["--mount", "sh", "-c", script, bootId, ...brigCommand(root, args)];
  return new Promise((resolve, reject) => {
    execFile("unshare", argv, { env: brigEnvironment(root), timeout: 180_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, stdout, stderr });
      else reject(error);
    });
  });
}
