import { join } from "node:path";
import { readRecord } from "../../base/index.ts";
import { englishWhy } from "../../messages/index.ts";
import { formatDuration } from "../options/durationFlag.ts";
import type { ContainerRecord } from "../state/containerRecord.ts";
import { type LiveState, runDirectory } from "../state/liveState.ts";
import { describeFailedStep } from "../why/failedStep.ts";
import { defaultTimeoutNs } from "./planHealth.ts";

export type HealthStatus = "starting" | "healthy" | "unhealthy";

/** How a container's health checks went. */
export interface HealthState {
  readonly status: HealthStatus;
  readonly failingStreak: number;
  /** The last five, the oldest first. */
  readonly log: readonly HealthResult[];
}

export interface HealthResult {
  /** RFC 3339. */
  readonly start: string;
  readonly end: string;
  /** -1: it could not be executed, or took too long. */
  readonly exitCode: number;
  /** At most 4096 bytes of what it wrote; what strangers wrote. */
  readonly output: string;
}

/** `health.json` of the run directory, written by the monitor after each probe (native/health.c). */
interface HealthRecord {
  readonly status: HealthStatus;
  readonly failingStreak: number;
  /** Null where there is none yet. */
  readonly log: readonly (RecordedResult | null)[];
}

type RecordedResult = HealthResult & { readonly late: boolean; readonly failure: string };

/**
 * The health of a container; undefined for one without health checks and before its first start. One that nobody probes,
 * because it or its monitor has ended, is unhealthy, as Docker has it.
 *
 * @throws EngineError `storeCorrupt` for a record that the monitor did not write.
 */
export function healthOf(
  { id, probed: wanted, healthcheck }: Pick<ContainerRecord, "id" | "probed" | "healthcheck">,
  runRoot: string,
  live: LiveState,
): HealthState | undefined {
  if (wanted !== true) return undefined;
  if (live.status === "created" || (live.status === "exited" && !live.exit.started)) return undefined;
  const path = join(runDirectory(runRoot, id), "health.json");
  const record = readRecord(path) as HealthRecord | undefined; // the monitor's own words
  const probed = (live.status === "running" || live.status === "paused") && live.monitor !== undefined;
  return {
    status: probed ? (record?.status ?? "starting") : "unhealthy",
    failingStreak: record?.failingStreak ?? 0,
    log: (record?.log ?? []).flatMap((result) => {
      if (result === null) return [];
      const { start, end, exitCode } = result;
      return [{ start, end, exitCode, output: describeResult(result, healthcheck?.Timeout || defaultTimeoutNs) }];
    }),
  };
}

function describeResult({ exitCode, late, failure, output }: RecordedResult, timeoutNs: number): string {
  const exceeded = `Health check exceeded timeout (${formatDuration(timeoutNs)})`;
  if (late) return output === "" ? exceeded : `${exceeded}: ${output}`;
  return exitCode >= 0 ? output : describeFailedStep(failure.replace(/^probe\./, ""), englishWhy.end);
}
