import { resolve } from "node:path";
import { EngineError } from "../../base/index.ts";
import type { PlannedRun, RuncComparison, RunDifference } from "../../container/index.ts";
import type { PlanLanguage } from "../../launch/index.ts";
import type { Language } from "../../messages/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag } from "../flags/flag.ts";
import { beginRunDraft, type RunDraft } from "../flags/runDraft.ts";
import { runFlags } from "../flags/runFlags.ts";
import { switchInto, textInto } from "../flags/sharedFlags.ts";
import { languageOf } from "../globalFlags.ts";
import { sanitizeLine, sanitizeLines } from "../render/sanitize.ts";
import { finishRunRequest } from "../runRequest.ts";
import { formatIndentedJson } from "../template/index.ts";

interface PlanDraft extends RunDraft {
  bundle?: string;
  compare?: string;
  format?: string;
  oci?: boolean;
  /** What was said before `--diff`. */
  before?: RunDraft;
}

/** The caller's surroundings are shared, not copied. */
function keepBefore(draft: PlanDraft): void {
  const { options, limits, envFiles, labelFiles, breaks, caller } = draft;
  draft.before = { ...structuredClone({ options, limits, envFiles, labelFiles, breaks }), caller };
}

function readFormat(draft: PlanDraft, format: string): void {
  if (format !== "table" && format !== "json") {
    throw new EngineError("invalidValue", `${JSON.stringify(format)} is no format of a plan`, {
      hint: "write --format table or --format json",
    });
  }
  draft.format = format;
}

function readRuntime(draft: PlanDraft, runtime: string): void {
  if (runtime !== "runc") {
    throw new EngineError("invalidValue", `cannot compare a plan with ${JSON.stringify(runtime.slice(0, 64))}`, {
      hint: "write --compare runc",
    });
  }
  draft.compare = runtime;
}

const planFlags: readonly Flag<PlanDraft>[] = [
  {
    long: "bundle",
    value: "directory",
    text: "write an OCI bundle there; its rootfs is yours to fill",
    read: textInto<PlanDraft>("bundle"),
  },
  {
    long: "compare",
    value: "runtime",
    text: "start the container with brig and with runc, both traced, and show what the calls of each are for",
    read: readRuntime,
  },
  {
    long: "diff",
    text: "show what the flags after this one add to the plan, remove from it or change in it",
    read: (draft, value) => (value === "true" ? keepBefore(draft) : delete draft.before),
  },
  { long: "format", value: "string", text: "table or json", fallback: "table", read: readFormat },
  { long: "oci", text: "print config.json of the OCI runtime specification", read: switchInto<PlanDraft>("oci") },
];

/** Takes every flag of `run` and, but for `--compare`, does nothing of it. */
export const planRunCommand = defineCommand<PlanDraft>({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  arguments: { atLeast: 1 },
  stopsAtArgument: true,
  runsPayload: true,
  flags: [...planFlags, ...runFlags],
  begin: beginRunDraft,
  execute: async ({ draft, args, context, globals, openEngine }): Promise<Outcome> => {
    const spoken = { format: draft.format, language: languageOf(globals, context) };
    const options = finishRunRequest(draft, args);
    if (draft.compare !== undefined) {
      requireComparisonAlone(draft);
      const observer = { onNotice: (notice: string) => context.stderr.write(`WARNING: ${sanitizeLine(notice)}\n`) };
      const request = { options, observer, signal: context.signal };
      return { output: await formatComparison(await (await openEngine()).compareRunc(request), spoken) };
    }
    if (draft.before !== undefined) {
      if (draft.oci === true || draft.bundle !== undefined) throw twoViews();
      const before = finishRunRequest(draft.before, args);
      const difference = await (await openEngine()).diffPlans({ before, after: options });
      for (const notice of difference.notices) context.stderr.write(`WARNING: ${sanitizeLine(notice)}\n`);
      return { output: await formatDifference(difference, spoken) };
    }
    const planned = await withStops(await (await openEngine()).plan(options), draft);
    for (const notice of planned.notices) context.stderr.write(`WARNING: ${sanitizeLine(notice)}\n`);
    if (draft.bundle !== undefined) await planned.writeBundle(resolve(context.cwd, draft.bundle));
    if (draft.bundle !== undefined && draft.oci !== true && draft.format === undefined) return {};
    return { output: await formatPlanned(planned, { ...spoken, oci: draft.oci === true }) };
  },
});

/** Where `run` would stop with these flags. */
async function withStops(planned: PlannedRun, { step, breaks }: PlanDraft): Promise<PlannedRun> {
  if (step !== true && breaks.length === 0) return planned;
  const { parseBreakPoints, placeStops } = await import("../../launch/index.ts");
  const stops = { points: breaks.flatMap(parseBreakPoints), ...(step === true ? { every: step } : {}) };
  return { ...planned, plan: placeStops(planned.plan, stops).plan };
}

function twoViews(): EngineError {
  return new EngineError("usage", "conflicting options: --diff shows steps, --oci and --bundle a specification", {
    hint: "leave out --diff, or the other one",
  });
}

function requireComparisonAlone({ before, oci, bundle }: PlanDraft): void {
  if (before === undefined && oci !== true && bundle === undefined) return;
  throw new EngineError("usage", "conflicting options: --compare runs the container, and shows no plan of it", {
    hint: "leave out --diff, --oci and --bundle",
  });
}

interface Spoken {
  readonly format: string | undefined;
  readonly language: Language;
}

async function formatComparison(comparison: RuncComparison, { format, language }: Spoken): Promise<string> {
  const { runcComparisonJson, runcComparisonText } = await import("../render/runcComparisonText.ts");
  if (format === "json") return `${formatIndentedJson(runcComparisonJson(comparison))}\n`;
  const { loadComparisonFacts, loadMessages } = await import("../../messages/index.ts");
  const words = await loadMessages("comparison", language);
  return runcComparisonText(comparison, { words, say: await loadComparisonFacts(language) });
}

async function formatDifference(difference: RunDifference, { format, language }: Spoken): Promise<string> {
  const { changes, same } = difference;
  if (format === "json") return `${formatIndentedJson({ changes, same })}\n`;
  const { formatPlanDifference } = await import("../../launch/index.ts");
  return sanitizeLines(formatPlanDifference(difference, await planLanguage(language)));
}

interface ShownPlan extends Spoken {
  readonly oci: boolean;
}

async function formatPlanned({ plan, bundleSpec }: PlannedRun, { oci, format, language }: ShownPlan): Promise<string> {
  if (oci) return `${formatIndentedJson(bundleSpec)}\n`;
  if (format === "json") return `${formatIndentedJson(plan)}\n`;
  const { formatPlan } = await import("../../launch/index.ts");
  return sanitizeLines(formatPlan(plan, await planLanguage(language)));
}

async function planLanguage(language: Language): Promise<PlanLanguage> {
  const { loadMessages, loadReasons } = await import("../../messages/index.ts");
  return { words: await loadMessages("plan", language), say: await loadReasons(language) };
}
