import { setTimeout as pause } from "node:timers/promises";
import { EngineError } from "../../base/index.ts";
import type { HostFacts } from "../../host/index.ts";
import { type AdoptionPlaces, tend } from "../lifecycle/adoptContainer.ts";
import { listContainerIds } from "../state/containerIds.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { findContainer } from "../state/removeContainer.ts";
import { type ObservedContainer, observeContainer, readContainerSpec } from "../state/runningContainer.ts";
import { type ContainerSample, sampleContainer } from "./containerSample.ts";
import { type ContainerStats, compareSamples, nothingUsed } from "./containerStats.ts";

export interface StatsRequest {
  /** Names or ids; none: every running container, whichever these are at the moment. */
  readonly containers: readonly string[];
  /** With no names: those that do not run, too. */
  readonly all: boolean;
  /** Ends the sequence. */
  readonly signal?: AbortSignal;
}

/** What all containers use at one moment. */
export interface StatsRound {
  readonly containers: readonly ContainerStats[];
  /** What this host cannot count, one sentence each; in the first round only. */
  readonly notices: readonly string[];
}

export interface StatsContext extends AdoptionPlaces {
  readonly probeHost: () => Pick<HostFacts, "cgroup" | "memoryBytes">;
}

/** Two samples this far apart give the share of the processors. */
const firstIntervalMs = 500;
const intervalMs = 1000;

/**
 * Measures containers again and again until `signal` is aborted or the reader stops; the first round comes after half
 * a second. Nothing is kept running in between.
 *
 * @throws EngineError `containerNotFound` at the beginning; a container that goes away later is left out.
 */
export async function* statsContainers(request: StatsRequest, context: StatsContext): AsyncGenerator<StatsRound> {
  const facts = context.probeHost();
  const ids = request.containers.map((text) => findContainer(context.root, text));
  await Promise.all((ids.length > 0 ? ids : listContainerIds(context.root)).map((id) => tend(id, context)));
  let samples = takeSamples(request, context, { strict: true });
  let notices = missingCounters(facts.cgroup, samples);
  let waitMs = firstIntervalMs;
  while (await passed(waitMs, request.signal)) {
    waitMs = intervalMs;
    const before = new Map(samples.map((taken) => [taken.observed.record.id, taken.sample]));
    samples = takeSamples(request, context, { strict: false });
    const containers = samples.map(({ asked, observed: { record }, sample }) => ({
      id: record.id,
      name: record.name,
      asked,
      ...(sample === undefined ? nothingUsed : compareSamples(sample, before.get(record.id), facts.memoryBytes)),
    }));
    yield { containers, notices };
    notices = [];
  }
}

interface Taken {
  readonly asked: string;
  readonly observed: ObservedContainer;
  /** Absent: it does not run. */
  readonly sample?: ContainerSample;
}

function takeSamples(
  { containers, all }: StatsRequest,
  places: StatePlaces,
  { strict }: { readonly strict: boolean },
): readonly Taken[] {
  const named = containers.length > 0;
  const asked = named ? containers : listContainerIds(places.root);
  return asked.flatMap((text): readonly Taken[] => {
    const observed = observe(places, text, strict && named);
    if (observed === undefined) return [];
    const sample = takeSample(observed);
    return sample === undefined && !named && !all
      ? []
      : [{ asked: text, observed, ...(sample === undefined ? {} : { sample }) }];
  });
}

/** A container may come or go at any moment between listing and reading it. */
function observe(places: StatePlaces, text: string, strict: boolean): ObservedContainer | undefined {
  try {
    return observeContainer(places, text);
  } catch (error) {
    if (strict || !(error instanceof EngineError)) throw error;
    return undefined;
  }
}

function takeSample({ record, paths, state }: ObservedContainer): ContainerSample | undefined {
  if (state.status !== "running" && state.status !== "paused") return undefined;
  const { cgroup } = record;
  const ownNetwork = readContainerSpec(paths).linux.namespaces.some(({ type }) => type === "network");
  return sampleContainer({
    ...(cgroup === undefined ? {} : { cgroup }),
    ...(ownNetwork ? { networkPid: state.process.pid } : {}),
    atNs: process.hrtime.bigint(),
  });
}

/** Which counters of a running container this host does not have. */
function missingCounters({ controllers }: HostFacts["cgroup"], samples: readonly Taken[]): readonly string[] {
  if (!samples.some(({ sample }) => sample !== undefined)) return [];
  const shown = { memory: "memory use is", io: "block I/O is" } as const;
  const missing = (["memory", "io"] as const).filter(
    (name) => !controllers.some((place) => place.name === name && place.state === "offered"),
  );
  return missing.map((name) => `this host offers no ${name} controller to cgroup v2: ${shown[name]} shown as --`);
}

/** False when the signal came first. */
async function passed(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await pause(milliseconds, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") return false;
    throw error;
  }
}
