import type { EngineEvent } from "../events/eventRecord.ts";
import { nameOfNumber } from "../options/signalFlag.ts";
import type { RestartPolicy } from "../runOptions.ts";
import type { ObservedState } from "../state/observedState.ts";
import type { WhyMessages } from "./explanation.ts";

export interface HistoryFacts {
  readonly state: ObservedState;
  readonly restart: RestartPolicy;
  /** How many seconds it may run. */
  readonly timeoutSec?: number;
  /** The container's own events, the oldest first. */
  readonly events: readonly EngineEvent[];
}

type HistoryMessages = WhyMessages["history"];

/** What led to the present state, one sentence each: what started it again, and whether a stop was slow. Pure. */
export function explainHistory(facts: HistoryFacts, words: HistoryMessages): readonly string[] {
  return [...explainRestarts(facts, words), ...explainTimeout(facts, words), ...explainStop(facts.events, words)];
}

function explainRestarts({ state, restart }: HistoryFacts, words: HistoryMessages): readonly string[] {
  const { restarts, status } = state;
  const { policy, retries } = restart;
  const limit = policy === "on-failure" && retries > 0 ? `:${retries}` : "";
  const started = restarts === 0 ? [] : [words.restarted({ count: restarts, policy: `${policy}${limit}` })];
  if (status === "restarting") return [...started, words.willRestart];
  const used = policy === "on-failure" && retries > 0 && restarts >= retries;
  return status === "exited" && used ? [...started, words.policyUsed] : started;
}

function explainTimeout({ state: { exit }, timeoutSec }: HistoryFacts, words: HistoryMessages): readonly string[] {
  if (timeoutSec === undefined || exit === undefined || nameOfNumber(exit.signal ?? 0) !== "SIGKILL") return [];
  const ranMs = Date.parse(exit.finishedAt) - Date.parse(exit.startedAt);
  return ranMs >= timeoutSec * 1000 ? [words.timeout({ seconds: timeoutSec })] : [];
}

const slowAfterMs = 1000;

/** A stop is slow when SIGKILL had to follow another signal, or when the end came long after the signal. */
function explainStop(events: readonly EngineEvent[], words: HistoryMessages): readonly string[] {
  const since = events.findLastIndex(({ action }) => action === "start");
  const recent = events.slice(since + 1);
  const end = recent.findLast(({ action }) => action === "die");
  const kills = recent
    .filter(({ action }) => action === "kill")
    .map(({ time, attributes }) => ({
      ms: Date.parse(time),
      signal: nameOfNumber(Number(attributes.get("signal"))) ?? words.aSignal,
    }));
  const [asked] = kills;
  if (asked === undefined) return [];
  const forced = kills.find(({ signal }) => signal === "SIGKILL");
  const { signal } = asked;
  const waited = (untilMs: number) => ({ signal, seconds: ((untilMs - asked.ms) / 1000).toFixed(1) });
  if (forced !== undefined && forced !== asked) return [words.forced(waited(forced.ms))];
  const endMs = end === undefined ? Number.NaN : Date.parse(end.time);
  return endMs - asked.ms > slowAfterMs ? [words.slow(waited(endMs))] : [];
}
