import { EngineError } from "../../base/index.ts";
import { loadMessages } from "../../messages/index.ts";
import type { EngineEvent } from "../events/eventRecord.ts";
import { readEvents } from "../events/readEvents.ts";
import { type AdoptionPlaces, tendContainer } from "../lifecycle/adoptContainer.ts";
import { instantOf } from "../options/timeFlag.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { type ObservedState, readObservedState } from "../state/observedState.ts";
import { findContainer } from "../state/removeContainer.ts";
import { explainEnd } from "./explainEnd.ts";
import { explainHistory } from "./explainHistory.ts";
import type { AskedIn, WhyMessages } from "./explanation.ts";
import { readStartFailure } from "./startFailure.ts";

/** Why a container is in the state that it is in. */
export interface ContainerExplanation {
  readonly id: string;
  readonly name: string;
  readonly status: ObservedState["status"];
  /** The reason, in one sentence. */
  readonly why: string;
  /** What led to it, one sentence each. */
  readonly more: readonly string[];
  /** What the reader can do, where that is known. */
  readonly hint?: string;
}

/** @throws EngineError `containerNotFound`, `storeCorrupt` for a damaged record. */
export async function explainContainer(
  nameOrId: string,
  places: AdoptionPlaces & AskedIn & { readonly now: Date },
): Promise<ContainerExplanation> {
  const { root, now } = places;
  await tendContainer(nameOrId, places);
  const id = findContainer(root, nameOrId);
  const paths = containerPaths(root, id);
  const record = readContainerRecord(paths.record);
  if (record === undefined) throw new EngineError("containerNotFound", `No such container: ${nameOrId.slice(0, 128)}`);
  const state = readObservedState(record, places);
  const failure = readStartFailure(paths.failure, state);
  const known = failure === undefined ? {} : { failure };
  const { restart, timeoutSec } = readContainerOptions(paths.options);
  const words = await loadMessages("why", places.language);
  const timeout = timeoutSec === undefined ? {} : { timeoutSec };
  return {
    id,
    name: record.name,
    status: state.status,
    why: explainEnd({ state, ...known }, words.end) ?? explainPresence(state, words.presence),
    more: explainHistory({ state, restart, ...timeout, events: await eventsOf(id, root, now) }, words.history),
    ...(failure?.hint === undefined ? {} : { hint: failure.hint }),
  };
}

function explainPresence({ status, startedAt = "" }: ObservedState, words: WhyMessages["presence"]): string {
  if (status === "created") return words.created;
  return status === "paused" ? words.paused({ since: startedAt }) : words.running({ since: startedAt });
}

async function eventsOf(id: string, root: string, now: Date): Promise<readonly EngineEvent[]> {
  const events: EngineEvent[] = [];
  const filters = new Map([["container", [id]]]);
  const since = instantOf(new Date(0));
  for await (const event of readEvents(root, { since, until: instantOf(now), filters })) events.push(event);
  return events;
}
