import { EngineError } from "../../base/index.ts";
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
    const start = await labs.fix(lab, repairOf(call.draft, call.args.slice(1), lab.fault.kind));
    const { labWords } = await import("../../lab/index.ts");
    return { output: `${startText(start, labWords[language].runsAgain, language)}\n` };
  },
});

function repairOf(draft: RunDraft, steps: readonly string[], kind: Repair["kind"]): Repair {
  const { image: _, command: __, ...request } = finishRunRequest(draft, []);
  const flagged = Object.keys(request).length > 0;
  if (kind === "flags") {
    if (steps.length > 0) throw new EngineError("usage", "this lab is repaired with flags of run, not with steps");
    return { kind, request };
  }
  if (flagged) throw new EngineError("usage", "this lab is repaired with the names of steps, not with flags of run");
  if (steps.length > 0) return { kind, steps };
  throw new EngineError("usage", "no step is named that should be put back", { hint: "brig lab fix NUMBER STEP..." });
}
