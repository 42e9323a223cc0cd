/** How the monitor probes a container and what follows when it is unhealthy: decided once, when the container is made. */
export interface HealthRequest {
  /** The words of the probe. */
  readonly args: readonly string[];
  /** Candidates for execve(2) in the order to try them. */
  readonly executables: readonly string[];
  /** What events say that was executed; at most 200 bytes. */
  readonly command: string;
  readonly intervalNs: number;
  readonly timeoutNs: number;
  /** While it lasts, what fails does not count, until a probe has succeeded. */
  readonly startPeriodNs: number;
  /** In place of the interval while the container is starting and that period lasts. */
  readonly startIntervalNs: number;
  /** How many failures in a row make it unhealthy; at least 1. */
  readonly retries: number;
  /** Absent: an unhealthy container goes on. */
  readonly onFailure?: UnhealthyAction;
}

export interface UnhealthyAction {
  /** The number of the signal that the first process gets. */
  readonly signal: number;
  /** How long after it SIGKILL follows; absent: it does not. */
  readonly graceNs?: number;
  /** What comes after the end, when the restart policy is not to decide it. */
  readonly afterwards?: "start" | "stayDown";
}
