import type { HealthRequest, UnhealthyAction } from "../../launch/index.ts";
import type { Healthcheck } from "../../oci/index.ts";
import { executableCandidates, pathOf } from "../completeEnv.ts";
import { signalNumber } from "../options/signalFlag.ts";
import type { HealthAction } from "./healthOptions.ts";

export interface HealthSources {
  readonly healthcheck?: Healthcheck;
  readonly probe: readonly string[];
  readonly onFailure: HealthAction;
  /** What the probe gets, `KEY=value`. */
  readonly env: readonly string[];
  readonly stopSignal: string;
  /** Seconds; -1 waits for ever. */
  readonly stopTimeoutSec: number;
}

const second = 1e9;
/** Docker's defaults. */
const defaults = { interval: 30 * second, startInterval: 5 * second, retries: 3 };
export const defaultTimeoutNs: number = 30 * second;

/** What the monitor is told about health checks; undefined when there is nothing to probe. Pure. */
export function planHealth(sources: HealthSources): HealthRequest | undefined {
  const { healthcheck = { Test: [] }, probe, onFailure, env } = sources;
  if (probe.length === 0) return undefined;
  const action = planAction(onFailure, sources);
  return {
    args: probe,
    executables: executableCandidates(probe[0] ?? "", pathOf(env)),
    command: eventText(probe.join(" ")),
    intervalNs: healthcheck.Interval || defaults.interval,
    timeoutNs: healthcheck.Timeout || defaultTimeoutNs,
    startPeriodNs: healthcheck.StartPeriod ?? 0,
    startIntervalNs: healthcheck.StartInterval || defaults.startInterval,
    retries: healthcheck.Retries || defaults.retries,
    ...(action === undefined ? {} : { onFailure: action }),
  };
}

function planAction(action: HealthAction, { stopSignal, stopTimeoutSec }: HealthSources): UnhealthyAction | undefined {
  if (action === "none") return undefined;
  if (action === "kill") return { signal: 9 };
  const signal = signalNumber(stopSignal) ?? 15;
  const grace = stopTimeoutSec < 0 ? {} : { graceNs: stopTimeoutSec * second };
  return { signal, ...grace, afterwards: action === "restart" ? "start" : "stayDown" };
}

/** As much of the command as a line of the event log takes. */
function eventText(text: string): string {
  const short = Buffer.from(text).subarray(0, 200).toString();
  return JSON.stringify(short).length > 256 ? "unknown" : short;
}
