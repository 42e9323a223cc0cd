import type { LaunchRequest } from "../../launch/index.ts";
import { planNetwork, readContainerNetwork } from "../../network/index.ts";
import { runDirectory, type StatePlaces } from "../state/liveState.ts";
import { readNetworkFacts } from "./networkFacts.ts";
import { recordsOf } from "./networkRecords.ts";

/**
 * What a monitor does about the network of a container that was started before: it ends what that start made, and makes it
 * again where the restart policy asks for it. Addresses and ports are those that the container has.
 *
 * @throws EngineError `networkNotFound` when one of its networks was removed.
 */
export function networkAsStarted(
  id: string,
  directory: string,
  { root, runRoot }: StatePlaces,
): Pick<LaunchRequest, "network"> {
  const network = readContainerNetwork(directory);
  const steps = planNetwork({
    containerId: id,
    network,
    records: recordsOf(root, network),
    facts: readNetworkFacts(),
    runDirectory: runDirectory(runRoot, id),
  });
  return { network: steps };
}
