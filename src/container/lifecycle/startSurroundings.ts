import { EngineError } from "../../base/index.ts";
import type { LaunchRequest } from "../../launch/index.ts";
import { hasOwnNetwork } from "../networks/ownNetwork.ts";
import type { PreparedNetwork, StartingContainer } from "../networks/prepareNetwork.ts";
import { appArmorLoad } from "../run/appArmorLoad.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { renewJoins } from "../run/findJoins.ts";
import type { RunObserver } from "../runReports.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";
import { writeStartFailure } from "../why/startFailure.ts";

/** What a start meets at its moment. */
export interface Surroundings {
  readonly launch: LaunchRequest;
  readonly network?: PreparedNetwork;
}

export interface SurroundingsRequest {
  readonly launch: LaunchRequest;
  readonly paths: ContainerPaths;
  readonly record?: StartingContainer["record"];
}

/** What the launch depends on as it is at this moment: the containers that it joins, and its networks. */
export async function findSurroundings(
  { launch: kept, record, paths }: SurroundingsRequest,
  context: EngineContext,
): Promise<Surroundings> {
  try {
    const launch = { ...renewJoins(kept, context), ...appArmorLoad(kept, context) };
    if (record === undefined || !hasOwnNetwork(record, paths.directory)) return { launch };
    // Loaded only for those that have a network.
    const { prepareNetwork } = await import("../networks/prepareNetwork.ts");
    return { launch, network: await prepareNetwork({ record, paths, spec: launch.spec }, context) };
  } catch (error) {
    writeStartFailure(paths.failure, error, context.now());
    throw error;
  }
}

/** While the helper works. It runs by now: what goes wrong is said, and `network check` finds it. */
export function introduce({ network }: Pick<Surroundings, "network">, { onNotice }: RunObserver): void {
  try {
    network?.introduce();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    onNotice?.(`other members of its networks may not know its names: ${error.message}`);
  }
}
