import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";

/**
 * The argv that runs a program in mount and network namespaces of its own, where a test may mount, remount the root
 * read-only, or use addresses without touching the host: unshare(1), with `/` private and loopback up.
 */
export function outerCommand(argv: readonly string[]): readonly string[] {
  const script = 'ip link set lo up && exec "$@"';
  return [
    "/usr/bin/unshare",
    "--mount",
    "--net",
    "--propagation",
    "private",
    "--",
    "/bin/sh",
    "-c",
    script,
    "sh",
    ...argv,
  ];
}

/** Runs a program so and returns what it printed; throws unless it ends with 0. */
export function runInOuterNamespace(argv: readonly string[], env: Readonly<Record<string, string>>): string {
  const [program = "", ...args] = outerCommand(argv);
  const result = spawnSync(program, args, { encoding: "utf8", env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env } });
  if (result.status !== 0) throw new Error(`${argv.join(" ")} ended with ${result.status}: ${result.stderr}`);
  return result.stdout;
}

/** Which namespace this process is in: `net:[4026531840]`. */
export function namespaceOf(kind: "mnt" | "net" | "pid" | "user"): string {
  return readlinkSync(`/proc/self/ns/${kind}`);
}
