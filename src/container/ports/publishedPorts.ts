import { type PublishedPort, readContainerNetwork } from "../../network/index.ts";
import { hasOwnNetwork } from "../networks/ownNetwork.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";
import type { ContainerRecord } from "../state/containerRecord.ts";

/** The ports that were published when a container was last started, and changed since. @throws EngineError `storeCorrupt`. */
export function publishedPorts(
  record: Pick<ContainerRecord, "networks">,
  { directory }: Pick<ContainerPaths, "directory">,
): readonly PublishedPort[] {
  return hasOwnNetwork(record, directory) ? readContainerNetwork(directory).ports : [];
}
