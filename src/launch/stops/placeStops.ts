import { EngineError, nearestWord } from "../../base/index.ts";
import type { LaunchPhase, LaunchPlan, LaunchStep } from "../plan.ts";
import { type BreakPoint, formatBreakPoint, type WantedStops } from "./breakPoint.ts";

/** A place where a process of the launch stops, between two of its steps. */
export interface StopPlace {
  /** The id of the step that stops. */
  readonly pause: string;
  /** Whether a break point asked for it. */
  readonly named: boolean;
  /** The step that the process has carried out last; absent when it begins there. */
  readonly after?: LaunchStep;
  /** The step that comes next; absent at the end of a phase. */
  readonly before?: LaunchStep;
}

/** A plan with stops in it. */
export interface SteppedPlan {
  readonly plan: LaunchPlan;
  /** In the order of the plan, which is that of each process; two may have the same id. */
  readonly places: readonly StopPlace[];
}

/** The phases of one process each, in their order. The phase `end`, the monitor and its probes never stop. */
const processes: readonly (readonly LaunchPhase[])[] = [["host"], ["links"], ["ports"], ["child", "init"]];

/**
 * Puts an operation that waits wherever a stop is wanted, one at most between two steps of a process. Everything else of
 * the plan stays as it is.
 *
 * @throws EngineError `invalidValue` for a word that names no step, with those that it may have meant.
 */
export function placeStops(plan: LaunchPlan, wanted: WantedStops): SteppedPlan {
  const sequences = processes.map((phases) =>
    plan.steps.filter(({ phase, part }) => part === undefined && phases.includes(phase)),
  );
  const gaps = new Map<LaunchStep, Gap>();
  const stop = (at: LaunchStep, gap: Gap) => {
    if (!gaps.has(at)) gaps.set(at, gap);
  };
  for (const point of wanted.points) for (const gap of gapsOf(point, sequences)) stop(gap.before ?? gap.last, gap);
  for (const before of wanted.every ? sequences.flat() : []) stop(before, { why: "--step", named: false, before });
  const places: StopPlace[] = [];
  const steps = plan.steps.flatMap((step) => {
    const gap = gaps.get(step);
    if (gap === undefined) return [step];
    const place = placeOf(gap, sequences);
    places.push(place);
    const pause: LaunchStep = { id: place.pause, phase: step.phase, op: "pause", fields: {}, why: gap.why };
    return gap.before === undefined ? [step, pause] : [pause, step];
  });
  return { plan: { ...plan, steps }, places };
}

/** Before a step, or after the last one of a process. */
type Gap = Pick<StopPlace, "named"> & { readonly why: string } & (
    | { readonly before: LaunchStep }
    | { readonly before?: never; readonly last: LaunchStep }
  );

function placeOf(gap: Gap, sequences: readonly (readonly LaunchStep[])[]): StopPlace {
  const { named } = gap;
  if (gap.before === undefined) return { pause: `after:${gap.last.id}`, named, after: gap.last };
  const { before } = gap;
  const steps = sequences.find((sequence) => sequence.includes(before)) ?? [];
  const after = steps[steps.indexOf(before) - 1];
  return { pause: `before:${before.id}`, named, ...(after === undefined ? {} : { after }), before };
}

function gapsOf(point: BreakPoint, sequences: readonly (readonly LaunchStep[])[]): readonly Gap[] {
  const why = `--break ${formatBreakPoint(point)}`;
  const gaps = sequences.flatMap((steps) =>
    stepsNamed(point, steps).flatMap((step): readonly Gap[] => {
      if (point.when === "before") return [{ why, named: true, before: step }];
      const before = steps[steps.indexOf(step) + 1];
      if (before !== undefined) return [{ why, named: true, before }];
      return step.op === "execute" ? [] : [{ why, named: true, last: step }];
    }),
  );
  if (gaps.length > 0) return gaps;
  const known = sequences.flat();
  if (known.some((step) => answersTo(step, point.step))) throw nothingLeft(point);
  throw unknownStep(point, known);
}

/** Of a phase its first or its last step: it is stopped at once. */
function stepsNamed({ step, when }: BreakPoint, steps: readonly LaunchStep[]): readonly LaunchStep[] {
  const ids = steps.filter(({ id }) => id === step);
  if (ids.length > 0) return ids;
  const phase = steps.filter((candidate) => candidate.phase === step).at(when === "before" ? 0 : -1);
  return phase === undefined ? steps.filter(({ op }) => op === step) : [phase];
}

function answersTo({ id, phase, op }: LaunchStep, word: string): boolean {
  return [id, phase, op].includes(word);
}

/** After the payload was executed nothing of the launch is left that could stop. */
function nothingLeft(point: BreakPoint): EngineError {
  return new EngineError(
    "invalidValue",
    `cannot stop ${point.when} "${point.step}": the process is the payload by then`,
    {
      hint: `write before:${point.step}`,
    },
  );
}

const mostSuggestions = 4;

function unknownStep({ step }: BreakPoint, known: readonly LaunchStep[]): EngineError {
  const words = [...new Set(known.flatMap(({ id, phase, op }) => [id, phase, op]))];
  const near = nearestWord(step, words);
  const like = words.filter((word) => word !== near && word.includes(step)).slice(0, mostSuggestions);
  const meant = [...(near === undefined ? [] : [near]), ...like].map((word) => JSON.stringify(word));
  const shown = JSON.stringify(step.slice(0, 200));
  return new EngineError(
    "invalidValue",
    `cannot stop at ${shown}: the plan has no step, phase or operation of that name`,
    {
      hint:
        meant.length > 0
          ? `did you mean ${meant.join(" or ")}?`
          : "brig plan run, with the same words, shows the steps",
    },
  );
}
