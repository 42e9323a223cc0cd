import type { RestartPolicy } from "../runOptions.ts";
import type { StartMark } from "../state/containerState.ts";
import type { LiveState } from "../state/liveState.ts";

/** What decides whether a reboot brings a container back. */
export interface BootFacts {
  readonly policy: RestartPolicy;
  readonly live: LiveState;
  /** The mark of its last start; absent when it was never started. */
  readonly started: StartMark | undefined;
  /** A user wanted it to end (`containers/<id>/stopped`). */
  readonly isStopped: boolean;
  /** Of this boot. */
  readonly bootId: string;
}

/**
 * Whether a container has to be started because the machine was. As Docker has it when its daemon starts: `always` comes
 * back even when it had been stopped, `unless-stopped` unless it was, `on-failure` when it was the reboot that ended it,
 * and one that was never started does not. One that was started since the reboot, by whomever, is left as it is: nothing
 * comes back twice, neither what failed nor what somebody stopped since then. Pure.
 */
export function comesBack({ policy, live, started, isStopped, bootId }: BootFacts): boolean {
  if (started === undefined || started.bootId === bootId) return false;
  if (live.status !== "created" && live.status !== "exited") return false;
  switch (policy.policy) {
    case "no":
      return false;
    case "always":
      return true;
    case "unless-stopped":
      return !isStopped;
    case "on-failure":
      return !isStopped && failedByReboot(live, policy.retries);
    default:
      return policy.policy satisfies never;
  }
}

/** The end with the machine counts as a failure, with a status other than 0, and uses up an attempt as any other. */
function failedByReboot(live: LiveState, retries: number): boolean {
  if (live.status !== "exited" || live.exit.rebooted !== true) return false;
  return retries === 0 || live.exit.restarts < retries;
}
