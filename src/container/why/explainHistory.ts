import type { EngineEvent } from "../events/eventRecord.ts";
import { nameOfNumber } from "../options/signalFlag.ts";
import type { RestartPolicy } from "../runOptions.ts";
import type { ObservedState } from "../state/observedState.ts";

export interface HistoryFacts {
  readonly state: ObservedState;
  readonly restart: RestartPolicy;
  /** How many seconds it may run. */
  readonly timeoutSec?: number;
  /** The container's own events, the oldest first. */
  readonly events: readonly EngineEvent[];
}

/** What led to the present state, one sentence each: what started it again, and whether a stop was slow. Pure. */
export function explainHistory({ state, restart, timeoutSec, events }: HistoryFacts): readonly string[] {
  return [...explainRestarts(state, restart), ...explainTimeout(state, timeoutSec), ...explainStop(events)];
}

function explainRestarts({ restarts, status }: ObservedState, { policy, retries }: RestartPolicy): readonly string[] {
  const limit = policy === "on-failure" && retries > 0 ? `:${retries}` : "";
  const again = restarts === 1 ? "once" : `${restarts} times`;
  const started = restarts === 0 ? [] : [`it was started again ${again} by its restart policy "${policy}${limit}"`];
  if (status === "restarting") return [...started, "it will be started again by itself"];
  const used = policy === "on-failure" && retries > 0 && restarts >= retries;
  return status === "exited" && used ? [...started, "that was as often as the policy allows"] : started;
}

function explainTimeout({ exit }: ObservedState, timeoutSec: number | undefined): readonly string[] {
  if (timeoutSec === undefined || exit === undefined || nameOfNumber(exit.signal ?? 0) !== "SIGKILL") return [];
  const ranMs = Date.parse(exit.finishedAt) - Date.parse(exit.startedAt);
  return ranMs >= timeoutSec * 1000 ? [`it had run for the ${timeoutSec} seconds of its --timeout`] : [];
}

const slowAfterMs = 1000;

/** A stop is slow when SIGKILL had to follow another signal, or when the end came long after the signal. */
function explainStop(events: readonly EngineEvent[]): readonly string[] {
  const since = events.findLastIndex(({ action }) => action === "start");
  const recent = events.slice(since + 1);
  const end = recent.findLast(({ action }) => action === "die");
  const kills = recent
    .filter(({ action }) => action === "kill")
    .map(({ time, attributes }) => ({
      ms: Date.parse(time),
      signal: nameOfNumber(Number(attributes.get("signal"))) ?? "a signal",
    }));
  const [asked] = kills;
  if (asked === undefined) return [];
  const forced = kills.find(({ signal }) => signal === "SIGKILL");
  const waited = (untilMs: number) => `${((untilMs - asked.ms) / 1000).toFixed(1)} s`;
  if (forced !== undefined && forced !== asked) {
    return [
      `${asked.signal} was sent first, and ${waited(forced.ms)} later, when it had not ended, SIGKILL: ` +
        "its first process has no handler for the signal, or takes longer than the stop timeout",
    ];
  }
  const endMs = end === undefined ? Number.NaN : Date.parse(end.time);
  return endMs - asked.ms > slowAfterMs ? [`it ended ${waited(endMs)} after ${asked.signal} was sent`] : [];
}
