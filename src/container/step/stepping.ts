import type { EngineError } from "../../base/index.ts";
import type { LaunchPause, LaunchPlan } from "../../launch/index.ts";

/** A container that is about to be started. */
export interface SteppedContainer {
  readonly id: string;
  /** Its group, absolute below /. */
  readonly cgroup?: string;
  /** Whether it goes at its end anyway. */
  readonly remove: boolean;
}

/** What a launch in steps adds to one; absent from every other. */
export interface Stepping {
  /** Puts the stops into the plan. @throws EngineError `invalidValue` for those that cannot be. */
  readonly place: (plan: LaunchPlan, container: SteppedContainer) => LaunchPlan;
  readonly onPaused: (pause: LaunchPause) => void;
  readonly onStarted: () => void;
  /** Says which steps were left out before a launch failed. */
  readonly explain: (error: EngineError) => EngineError;
  /** Whether nothing of the container is to stay when it was not started. */
  readonly leavesNothing: () => boolean;
}
