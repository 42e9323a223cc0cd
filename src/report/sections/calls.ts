import type { CallVerdict } from "../../launch/index.ts";

export type VerdictCounts = Readonly<Record<CallVerdict, number>>;

/** How many calls each verdict has. */
export function countVerdicts(calls: ReadonlyMap<string, CallVerdict>): VerdictCounts {
  const count = (wanted: CallVerdict) => [...calls.values()].filter((verdict) => verdict === wanted).length;
  return { allowed: count("allowed"), depends: count("depends"), refused: count("refused") };
}
