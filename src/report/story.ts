import type { ContainerJournal, JournalCall } from "../container/index.ts";
import type { LaunchPhase } from "../launch/index.ts";
import type { ReportFacts } from "./facts.ts";

export interface NumberedCall extends JournalCall {
  /** From 1, in the order of the journal, as `brig explain` counts. */
  readonly number: number;
}

/** A step of the plan with the calls that were made for it; planned and never carried out, it has none. */
export interface StoryStep {
  /** The name of its place in the page. */
  readonly anchor: string;
  readonly id: string;
  readonly process: LaunchPhase;
  readonly why: string;
  /** Where to read about it: `mount_setattr(2)`. */
  readonly doc?: string;
  readonly calls: readonly NumberedCall[];
  readonly startNs: number;
  readonly endNs: number;
}

/** The last start of a container, or, of one that was never started, what the plan says that a start will do. */
export interface Story {
  readonly kind: "happened" | "planned";
  readonly steps: readonly StoryStep[];
  /** The processes that took part, in the order of the plan. */
  readonly processes: readonly LaunchPhase[];
  readonly endNs: number;
  readonly callCount: number;
}

const phases: readonly LaunchPhase[] = ["monitor", "host", "links", "ports", "child", "init", "end"];

/** Sorts the calls of a journal by process and step. Pure. */
export function tellStory({ journal, surroundings }: Pick<ReportFacts, "journal" | "surroundings">): Story {
  const docs = new Map(surroundings.steps.map(({ id, doc }) => [id, doc]));
  const steps = journal === undefined ? plannedSteps(surroundings.steps) : journalSteps(journal, docs);
  const ordered = phases.flatMap((phase) => steps.filter(({ process }) => process === phase));
  return {
    kind: journal === undefined ? "planned" : "happened",
    steps: ordered.map((step, index) => ({ ...step, anchor: `step-${index + 1}` })),
    processes: phases.filter((phase) => steps.some(({ process }) => process === phase)),
    endNs: steps.reduce((end, { endNs }) => Math.max(end, endNs), 0),
    callCount: journal?.calls.length ?? 0,
  };
}

type Unplaced = Omit<StoryStep, "anchor">;

function plannedSteps(steps: ReportFacts["surroundings"]["steps"]): readonly Unplaced[] {
  return steps.map(({ id, phase, why, doc }) => ({
    ...{ id, process: phase, why, calls: [], startNs: 0, endNs: 0 },
    ...(doc === undefined ? {} : { doc }),
  }));
}

/** A step comes back, such as one that waits for another process: then it is one entry for each time. */
function journalSteps({ calls }: ContainerJournal, docs: ReadonlyMap<string, string | undefined>): readonly Unplaced[] {
  const numbered = calls.map((call, index) => ({ ...call, number: index + 1 }));
  return phases.flatMap((phase) => {
    const runs: NumberedCall[][] = [];
    for (const call of numbered.filter(({ process }) => process === phase)) {
      const last = runs.at(-1);
      if (last?.[0]?.step === call.step) last.push(call);
      else runs.push([call]);
    }
    return runs.flatMap((run) => describeRun(run, docs));
  });
}

function describeRun(
  calls: readonly NumberedCall[],
  docs: ReadonlyMap<string, string | undefined>,
): readonly Unplaced[] {
  const [first] = calls;
  if (first === undefined) return [];
  const doc = docs.get(first.step);
  return [
    {
      ...{ id: first.step, process: first.process, why: first.why, calls, startNs: first.startNs },
      endNs: Math.max(...calls.map(({ startNs, tookNs }) => startNs + tookNs)),
      ...(doc === undefined ? {} : { doc }),
    },
  ];
}

/** `mnt./data`: what a step is about comes after the first dot of its name. */
export function subjectOf(id: string): string {
  return id.slice(id.indexOf(".") + 1);
}
