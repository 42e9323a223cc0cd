import { constants } from "node:os";
import type { AttachReport } from "../../container/index.ts";
import type { CommandContext, Outcome } from "../context.ts";
import { interruptedStatus } from "../interruption.ts";

/** What `start` and `attach` end with when the container has ended or lets go of them. */
export function outcomeOf(report: AttachReport, context: CommandContext): Outcome {
  if (report.kind === "ended") return { exitStatus: report.exitCode };
  if (report.kind === "interrupted") {
    const status = report.signal === undefined ? undefined : 128 + constants.signals[report.signal];
    return status === undefined ? interruptedStatus(context) : { exitStatus: status };
  }
  if (report.kind === "detached") context.stderr.write("read escape sequence\n");
  return {};
}
