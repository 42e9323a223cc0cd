import type { RunOptions } from "../container/index.ts";
import type { LaunchPlan } from "../launch/index.ts";
import type { Language } from "../messages/index.ts";
import type { Scene } from "./scene.ts";

/** What a learner reads, in every language. */
export type Text = Readonly<Record<Language, string>>;

/** A controller of cgroup v2, without which a lab cannot be done. */
export type Controller = "cpu" | "memory" | "pids";

/** What a lab asks of `run`, beside its name, its image and its group. */
export type LabRequest = Partial<RunOptions>;

/**
 * An exercise: a container that has one thing wrong with it, and a look at the kernel that tells whether it still has.
 * Everything that a learner reads is true of the container that `start` makes.
 */
export interface Lab {
  readonly number: number;
  /** One word or a few, joined by hyphens; stays what it is. */
  readonly id: string;
  readonly title: Text;
  /** What happened, as somebody would tell it who does not know why. */
  readonly story: Text;
  readonly task: Text;
  /** Each says more than the one before. */
  readonly hints: readonly Text[];
  /** Why it was so, and why the answer is the answer. */
  readonly solution: Text;
  readonly needs?: readonly Controller[];
  /** The request of the container, apart from what is wrong in it. */
  readonly request: LabRequest;
  /** Makes what has to be there before the container, each time that it is started: images, other containers, networks. */
  readonly prepare?: (scene: Scene) => Promise<void>;
  readonly fault: StepsFault | FlagsFault;
  readonly check: (scene: Scene) => Promise<Verdict>;
}

/** The plan is wrong: steps are missing or say something else. The learner names the steps to put back. */
export interface StepsFault {
  readonly kind: "steps";
  readonly breakPlan: (plan: LaunchPlan) => LaunchPlan;
  /** Ids of steps, as `brig plan run` has them. */
  readonly answer: readonly string[];
}

/** The request is wrong: the flags of `run`. The learner gives others in their place. */
export interface FlagsFault {
  readonly kind: "flags";
  readonly broken: FlagWords;
  readonly answer: FlagWords;
}

export interface FlagWords {
  /** As they would be written after `brig run`. */
  readonly words: readonly string[];
  /** What the words stand for. */
  readonly request: LabRequest;
}

export interface Verdict {
  readonly passed: boolean;
  /** One sentence with what was seen. */
  readonly evidence: Text;
}

/** What a check has found. */
export function verdict(passed: boolean, evidence: Text): Verdict {
  return { passed, evidence };
}
