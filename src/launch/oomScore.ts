import type { RuntimeSpec } from "../oci/index.ts";
import { type LaunchStep, stepsOf } from "./plan.ts";

const step = stepsOf("host");

/** The process inherits it of the one that makes it, which may lower it where the caller of brig may. */
export function oomScoreSteps({ process }: RuntimeSpec): readonly LaunchStep[] {
  if (process.oomScoreAdj === undefined) return [];
  return [
    step(
      "limit.oom",
      "setting",
      { file: "/proc/self/oom_score_adj", value: String(process.oomScoreAdj) },
      { why: "how readily the kernel ends this process when memory runs out", doc: "proc(5)" },
    ),
  ];
}
