import { readFileIfExists } from "../base/index.ts";

/** The names of the interfaces in the caller's network namespace. */
export function interfaceNames(proc = "/proc/self/net"): ReadonlySet<string> {
  const lines = (readFileIfExists(`${proc}/dev`) ?? "").split("\n").slice(2);
  return new Set(lines.flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? []));
}
