import { describeErrno, errnoName } from "../../base/index.ts";
import type { WhyMessages } from "./explanation.ts";

/** How a launch failed, as the monitor keeps it: step, process, call, number of the error and arguments, a line each. */
export interface FailedStep {
  readonly step: string;
  readonly call: string;
  readonly errno: string;
  readonly args: string;
}

/** Undefined for a text that is not such a report, as when the launch ended before it could say why. */
function parseFailedStep(text: string): FailedStep | undefined {
  const [step, process, call, number, ...args] = text.split("\n");
  if (step === undefined || process === undefined || call === undefined || number === undefined) return undefined;
  return { step, call, errno: errnoName(Number(number)), args: args.join(" ").trim() };
}

/** One sentence, without what only a look into the container's root could tell. */
export function describeFailedStep(text: string, words: WhyMessages["end"]): string {
  const failed = parseFailedStep(text);
  if (failed === undefined) return words.silent;
  const { step, call, errno, args } = failed;
  if (isUnjoinable(failed)) return words.unjoinable;
  const error = describeErrno(errno);
  return step === "exec" ? words.notExecuted({ error }) : `${call}${args === "" ? "" : ` ${args}`}: ${error}`;
}

/** Whether it ended at a container whose namespaces it joins, which does not run as it did. */
export function isUnjoinable({ step, errno }: Pick<FailedStep, "step" | "errno">): boolean {
  return (step === "join.target" || step === "join.lender") && (errno === "ENOENT" || errno === "ESRCH");
}
