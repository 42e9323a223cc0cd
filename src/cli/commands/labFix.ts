import type { Repair } from "../../lab/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import { beginRunDraft, type RunDraft } from "../flags/runDraft.ts";
import { runFlags } from "../flags/runFlags.ts";
import { startText } from "../render/labText.ts";
import { finishRunRequest } from "../runRequest.ts";
import { openLab, relayed } from "./labMachine.ts";

/** Takes every flag of `run`: in some labs these are the repair, in the others the names of steps. */
export const labFixCommand = defineCommand<RunDraft>({
  usage: "LAB [STEP...] | LAB [FLAGS of run]",
  arguments: { atLeast: 1 },
  flags: runFlags,
  begin: beginRunDraft,
  execute: async (call): Promise<Outcome> => {
    const opened = await openLab(call);
    const elsewhere = await relayed(opened, call);
    if (elsewhere !== undefined) return elsewhere;
    const { labs, lab, language } = opened;
    const { labWords, wrongRepair } = await import("../../lab/index.ts");
    const repair = repairOf(call.draft, call.args.slice(1), lab.fault.kind);
    if (repair === undefined) throw wrongRepair(lab.fault.kind);
    const start = await labs.fix(lab, repair);
    return { output: `${startText(start, labWords[language].runsAgain, language)}\n` };
  },
});

/** Undefined for what does not repair a lab of this kind. */
function repairOf(draft: RunDraft, steps: readonly string[], kind: Repair["kind"]): Repair | undefined {
  const { image: _, command: __, ...request } = finishRunRequest(draft, []);
  if (kind === "flags") return steps.length === 0 ? { kind, request } : undefined;
  return steps.length > 0 && Object.keys(request).length === 0 ? { kind, steps } : undefined;
}
