import { EngineError } from "../../base/index.ts";
import type { LaunchPhase, LaunchStep, PauseAnswer, StopPlace } from "../../launch/index.ts";
import { type LentShell, openShell, type ShellStreams } from "./lentShell.ts";
import { readSnapshot, type StopSnapshot } from "./snapshot.ts";
import type { SteppedContainer } from "./stepping.ts";

/**
 * A process of the launch that waits between two steps. The other processes may go on meanwhile, or wait as well: theirs are
 * stops of their own. The first answer counts; nothing happens to later ones.
 */
export interface LaunchStop {
  readonly process: LaunchPhase;
  /** On the host. */
  readonly pid: number;
  /** Whether a break point asked for it; otherwise it is here because every step is a stop. */
  readonly named: boolean;
  /** The step that it has come to the end of; absent when it begins here. */
  readonly after?: LaunchStep;
  /** The step that comes next; absent at the end of the process. */
  readonly before?: LaunchStep;
  /** Lets it go on. */
  next(): Promise<void>;
  /** Lets it go on without its next step. @throws EngineError `wrongState` where there is none, or it is the payload's start. */
  skip(): Promise<void>;
  /** Lets it go on and stop no more. */
  hasten(): Promise<void>;
  /** Gives the launch up. */
  quit(): Promise<void>;
  /** What the kernel says of the process at this moment. @throws EngineError `fileSystem` when it has ended. */
  snapshot(): Promise<StopSnapshot>;
  /** A shell among what exists so far, until it ends. @throws EngineError `notOffered` without the programs for it. */
  shell(streams: ShellStreams): Promise<LentShell>;
}

export interface LaunchStopRequest {
  readonly place: StopPlace;
  readonly process: LaunchPhase;
  readonly pid: number;
  /** Whether what the process sees as "/" is the container's root. */
  readonly inRoot: boolean;
  readonly container?: SteppedContainer;
  readonly answer: (answer: PauseAnswer) => Promise<void>;
  readonly onSkip: (step: LaunchStep) => void;
}

/** `answer` is called once, whatever is asked for later. */
export function newLaunchStop({
  place,
  process,
  pid,
  inRoot,
  container,
  answer,
  onSkip,
}: LaunchStopRequest): LaunchStop {
  const { after, before, named } = place;
  let answered: Promise<void> | undefined;
  const once = (word: PauseAnswer): Promise<void> => {
    answered ??= answer(word);
    return answered;
  };
  return {
    process,
    pid,
    named,
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
    next: () => once("next"),
    hasten: () => once("hasten"),
    quit: () => once("quit"),
    async skip() {
      const step = requireSkippable(before);
      if (answered === undefined) onSkip(step);
      await once("skip");
    },
    snapshot: () => readSnapshot({ pid, ...(container?.cgroup === undefined ? {} : { cgroup: container.cgroup }) }),
    shell: (streams) => openShell({ pid, inRoot }, streams),
  };
}

/** Operations that cannot be left out, and why. */
const indispensable: ReadonlyMap<string, string> = new Map([
  ["execute", "without it there is no payload"],
  ["heir", "the process outside waits for the one that it makes"],
]);

function requireSkippable(step: LaunchStep | undefined): LaunchStep {
  const what = step === undefined ? "no step of this process is left" : (indispensable.get(step.op) ?? "");
  if (step !== undefined && what === "") return step;
  throw new EngineError("wrongState", `cannot skip here: ${what}`, { hint: "go on, or give the launch up" });
}
