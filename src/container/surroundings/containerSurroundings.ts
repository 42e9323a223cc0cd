import { release } from "node:os";
import { EngineError } from "../../base/index.ts";
import { readMounts, type SeenMount } from "../../host/index.ts";
import {
  type CallVerdict,
  compilePlan,
  judgeCalls,
  type LaunchRequest,
  type LaunchStep,
  nativeArch,
  parseSecurityOptions,
  planSeccomp,
} from "../../launch/index.ts";
import { dockerCapabilities } from "../../namespaces/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";
import { readProcessFacts } from "../compare/processFacts.ts";
import { tendContainer } from "../lifecycle/adoptContainer.ts";
import type { ListPlaces } from "../list/listContainers.ts";
import { envName } from "../mergeImageConfig.ts";
import { networkAsStarted } from "../networks/networkAsStarted.ts";
import { hasOwnNetwork } from "../networks/ownNetwork.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { type RecordedMount, readContainerRecord } from "../state/containerRecord.ts";
import { readLaunchFile } from "../state/launchFile.ts";
import { readLiveState } from "../state/liveState.ts";
import { groupFileOf } from "../state/observedState.ts";
import { isAlive } from "../state/processIdentity.ts";
import { type ObservedContainer, observeContainer, readContainerSpec } from "../state/runningContainer.ts";
import { volumeContent } from "../state/volumes.ts";
import { type GroupFact, keptGroup, readGroupTree } from "./groupFacts.ts";
import { type NamespaceFact, readNamespaceFacts } from "./namespaceFacts.ts";
import { type NetworkFacts, readNetworkFacts } from "./networkFacts.ts";

/** A process of another container, or of the host, whose namespaces can be the same. */
export interface Neighbour {
  readonly name: string;
  readonly namespaces: readonly NamespaceFact[];
}

/** What the kernel says of a container that runs. */
export interface LiveSurroundings {
  readonly pid: number;
  readonly namespaces: readonly NamespaceFact[];
  readonly host: readonly NamespaceFact[];
  /** The other containers that run. */
  readonly others: readonly Neighbour[];
  readonly mounts: readonly SeenMount[];
  readonly hostMounts: readonly SeenMount[];
  /** The sets of each capability: `effective permitted bounding`. */
  readonly capabilities: ReadonlyMap<string, string>;
  /** Ids, maps, seccomp mode and the like, by name. */
  readonly process: ReadonlyMap<string, string>;
}

/** Everything that is around a container: what was decided, and what there is of it at this moment. */
export interface ContainerSurroundings {
  readonly id: string;
  readonly name: string;
  /** As decided when it was made; its environment holds names alone. */
  readonly spec: RuntimeSpec;
  /** Its start as it is planned: of these steps its journal speaks. */
  readonly steps: readonly Pick<LaunchStep, "id" | "phase" | "op" | "why" | "doc">[];
  readonly mounts: readonly (RecordedMount & { readonly hostPath: string })[];
  /** Directories of the layers, the lowest first; the last one written to. */
  readonly layers: readonly string[];
  readonly writable: string;
  readonly groups: readonly GroupFact[];
  readonly network: NetworkFacts;
  readonly dockerCapabilities: readonly string[];
  readonly calls: ReadonlyMap<string, CallVerdict>;
  /** What the default profile says, with Docker's capabilities: it refuses what Docker's own refuses. */
  readonly dockerCalls: ReadonlyMap<string, CallVerdict>;
  readonly live?: LiveSurroundings;
}

/** @throws EngineError `containerNotFound`, `storeCorrupt` for a damaged record, `fileSystem`. */
export async function readSurroundings(nameOrId: string, places: ListPlaces): Promise<ContainerSurroundings> {
  await tendContainer(nameOrId, places);
  const observed = observeContainer(places, nameOrId);
  const { record, paths, state } = observed;
  const spec = readContainerSpec(paths);
  const launch = readLaunchFile(paths.launch);
  const options = readContainerOptions(paths.options);
  const running = state.status === "running" || state.status === "paused";
  const network = { root: places.root, record, paths, mode: options.network, running };
  const arch = nativeArch(process.arch);
  const live = await liveOrGone(observed, places);
  return {
    id: record.id,
    name: record.name,
    spec: withoutValues(spec),
    steps: plannedSteps(observed, launch, places),
    mounts: record.mounts.map((mount) => ({ ...mount, hostPath: hostPathOf(mount, places.root) })),
    layers: launch.root.kind === "overlay" ? launch.root.layers : [launch.root.path],
    writable: paths.upper,
    groups: groupsOf(observed),
    network: await readNetworkFacts(network),
    dockerCapabilities,
    calls: judgeCalls(spec.linux.seccomp, arch),
    dockerCalls: judgeCalls(
      planSeccomp({
        options: parseSecurityOptions([]),
        privileged: false,
        context: { capabilities: dockerCapabilities, arch, kernelRelease: release() },
      }),
      arch,
    ),
    ...(live === undefined ? {} : { live }),
  };
}

/** The values of variables are often secrets. */
function withoutValues(spec: RuntimeSpec): RuntimeSpec {
  return { ...spec, process: { ...spec.process, env: spec.process.env.map(envName) } };
}

function hostPathOf({ kind, source }: RecordedMount, root: string): string {
  return kind === "volume" ? volumeContent(root, source) : source;
}

/** Without what cannot be said any more, such as the steps for a network that was removed. */
function plannedSteps(
  { record, paths }: ObservedContainer,
  launch: LaunchRequest,
  places: ListPlaces,
): ContainerSurroundings["steps"] {
  const network = hasOwnNetwork(record, paths.directory)
    ? unlessRefused(() => networkAsStarted(record.id, paths.directory, places))
    : undefined;
  const plan = unlessRefused(() => compilePlan({ ...launch, ...network }));
  return (plan?.steps ?? []).map(({ id, phase, op, why, doc }) => ({
    ...{ id, phase, op, why },
    ...(doc === undefined ? {} : { doc }),
  }));
}

function groupsOf({ record, state }: ObservedContainer): readonly GroupFact[] {
  if (record.cgroup === undefined) return [];
  if (state.status === "exited" || state.status === "restarting")
    return [keptGroup(record.cgroup, (file) => groupFileOf(state.exit, file))];
  return readGroupTree(record.cgroup);
}

/** One that ends while it is looked at is described as one that has ended. */
async function liveOrGone(observed: ObservedContainer, places: ListPlaces): Promise<LiveSurroundings | undefined> {
  const { state } = observed;
  return readLive(observed, places).catch((error: unknown) => {
    if ("process" in state && !isAlive(state.process)) return undefined;
    throw error;
  });
}

async function readLive(
  { record, state }: ObservedContainer,
  places: ListPlaces,
): Promise<LiveSurroundings | undefined> {
  if (state.status !== "running" && state.status !== "paused") return undefined;
  const { pid } = state.process;
  const directory = `/proc/${pid}`;
  const { capabilities, process: rows } = readProcessFacts({ directory, sysctls: new Map() });
  return {
    pid,
    namespaces: await readNamespaceFacts(directory),
    host: await readNamespaceFacts("/proc/self"),
    others: await readNeighbours(record.id, places),
    mounts: readMounts(directory),
    hostMounts: readMounts("/proc/self"),
    capabilities,
    process: rows,
  };
}

async function readNeighbours(own: string, places: ListPlaces): Promise<readonly Neighbour[]> {
  const neighbours: Neighbour[] = [];
  for (const id of listContainerIds(places.root)) {
    const record = readContainerRecord(containerPaths(places.root, id).record);
    const state = readLiveState({ ...places, id });
    if (id === own || record === undefined || (state.status !== "running" && state.status !== "paused")) continue;
    // One that ends at this moment shares nothing any more.
    const namespaces = await readNamespaceFacts(`/proc/${state.process.pid}`).catch((error: unknown) => {
      if (error instanceof EngineError) return undefined;
      throw error;
    });
    if (namespaces !== undefined) neighbours.push({ name: record.name, namespaces });
  }
  return neighbours;
}

function unlessRefused<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}
