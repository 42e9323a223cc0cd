import { join } from "node:path";
import { corruptRecord, EngineError, readFileIfExists } from "../../base/index.ts";
import { openImageStore } from "../../image/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";
import { runningExecs } from "../exec/runningExecs.ts";
import { healthOf } from "../health/readHealth.ts";
import { tendContainer } from "../lifecycle/adoptContainer.ts";
import type { ListPlaces } from "../list/listContainers.ts";
import { measureContainers } from "../list/measureContainers.ts";
import { hasOwnNetwork } from "../networks/ownNetwork.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { type ContainerPaths, containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { readLaunchFile } from "../state/launchFile.ts";
import { readLiveState } from "../state/liveState.ts";
import { observeState } from "../state/observedState.ts";
import { findContainer } from "../state/removeContainer.ts";
import { volumeContent } from "../state/volumes.ts";
import { readStartFailure } from "../why/startFailure.ts";
import type { ContainerDetails } from "./containerDetails.ts";
import { type ContainerFacts, describeContainer } from "./describeContainer.ts";

export interface InspectRequest {
  readonly nameOrId: string;
  /** Measure what the container has written. */
  readonly size: boolean;
}

/**
 * Everything that is known about a container, in Docker's words.
 *
 * @throws EngineError `containerNotFound`, `storeCorrupt` for a damaged record.
 */
export async function inspectContainer(request: InspectRequest, places: ListPlaces): Promise<ContainerDetails> {
  await tendContainer(request.nameOrId, places);
  const read = readContainerFacts(request.nameOrId, places);
  const facts = { ...read, ...(await readNetwork(read)) };
  if (!request.size) return describeContainer(facts);
  const [size] = await measureContainers([facts.record], places);
  return describeContainer({ ...facts, ...(size === undefined ? {} : { size }) });
}

/** Reads all records of a container. @throws EngineError as `inspectContainer`. */
function readContainerFacts(nameOrId: string, { root, runRoot }: ListPlaces): ContainerFacts {
  const id = findContainer(root, nameOrId);
  const paths = containerPaths(root, id);
  const record = readContainerRecord(paths.record);
  // One that is being made has no record yet, and one that is being removed none any more.
  if (record === undefined) throw new EngineError("containerNotFound", `No such container: ${nameOrId.slice(0, 128)}`);
  const live = readLiveState({ root, runRoot, id, ...(record.cgroup === undefined ? {} : { cgroup: record.cgroup }) });
  const launch = readLaunchFile(paths.launch);
  const image = openImageStore(join(root, "images")).resolve(record.imageId)?.config;
  const state = observeState(live);
  const failure = readStartFailure(paths.failure, state);
  const health = healthOf(record, runRoot, live);
  return {
    record,
    options: readContainerOptions(paths.options),
    spec: readSpec(paths),
    state,
    ...(health === undefined ? {} : { health }),
    paths,
    layers: launch.root.kind === "overlay" ? launch.root.layers : [launch.root.path],
    monitored: "monitor" in live,
    execIds: runningExecs({ runRoot }, id),
    ...(image === undefined ? {} : { image }),
    ...(failure === undefined ? {} : { failure }),
    volumeSource: (name) => volumeContent(root, name),
  };
}

/** The networks of a container that has some of its own. */
async function readNetwork({ record, paths }: ContainerFacts): Promise<Pick<ContainerFacts, "network">> {
  if (!hasOwnNetwork(record, paths.directory)) return {};
  const { readContainerNetwork } = await import("../../network/index.ts");
  return { network: readContainerNetwork(paths.directory) };
}

function readSpec({ config }: ContainerPaths): RuntimeSpec {
  const text = readFileIfExists(config);
  if (text === undefined) throw corruptRecord(config);
  try {
    // The engine's own file, in a directory of its own: only damage is to be expected.
    return JSON.parse(text) as RuntimeSpec;
  } catch (error) {
    throw error instanceof SyntaxError ? corruptRecord(config, error) : error;
  }
}
