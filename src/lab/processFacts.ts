import { readFileSync } from "node:fs";

/** The first line of a process's uid_map (user_namespaces(7)). */
export function idMapOf(pid: number): { readonly inside: string; readonly outside: string; readonly count: string } {
  const [line = ""] = readFileSync(`/proc/${pid}/uid_map`, "utf8").split("\n");
  const [inside = "", outside = "", count = ""] = line.trim().split(/\s+/);
  return { inside, outside, count };
}

/** The effective capabilities of a process, a bit each (proc_pid_status(5)). */
export function capabilitiesOf(pid: number): bigint {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
}
