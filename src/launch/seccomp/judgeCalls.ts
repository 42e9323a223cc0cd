import type { SpecSeccomp } from "../../oci/index.ts";
import type { NativeArch } from "./architectures.ts";
import { syscallNumbers } from "./syscallTables.ts";

/** What becomes of a system call; `depends`: on its arguments. */
export type CallVerdict = "allowed" | "depends" | "refused";

const passing: ReadonlySet<string> = new Set(["SCMP_ACT_ALLOW", "SCMP_ACT_LOG"]);

/**
 * What a specification lets happen with each system call that the machine is known to have; everything is allowed without
 * one. Pure.
 */
export function judgeCalls(seccomp: SpecSeccomp | undefined, arch: NativeArch): ReadonlyMap<string, CallVerdict> {
  const names = [...syscallNumbers(arch).keys()];
  if (seccomp === undefined) return new Map(names.map((name) => [name, "allowed"]));
  const verdicts = new Map<string, CallVerdict>();
  const fallback: CallVerdict = passing.has(seccomp.defaultAction) ? "allowed" : "refused";
  for (const { names: named, action, args } of seccomp.syscalls) {
    const verdict = passing.has(action) ? "allowed" : "refused";
    if (verdict === fallback) continue;
    // A rule that looks at no arguments outweighs those that do.
    for (const name of named)
      if (args === undefined || !verdicts.has(name)) verdicts.set(name, args === undefined ? verdict : "depends");
  }
  return new Map(names.map((name) => [name, verdicts.get(name) ?? fallback]));
}
