import { existsSync } from "node:fs";
import {
  type ContainerNetwork,
  type Endpoint,
  freeInterfaceName,
  type NetworkChoice,
  type NetworkRecord,
  releaseEndpoint,
  takeEndpoint,
} from "../../network/index.ts";
import { containerPaths } from "../state/containerPaths.ts";
import type { UndoStack } from "../state/undoStack.ts";
import { type NetworkPlaces, requireNetwork } from "./findNetwork.ts";

export interface AttachRequest {
  readonly id: string;
  /** The names of the container: its own, its short id, its host name. */
  readonly names: readonly string[];
  readonly choices: readonly NetworkChoice[];
  readonly undo: UndoStack;
}

/**
 * Takes addresses for a new container on each of its networks. Published ports are not looked at.
 *
 * @throws EngineError `networkNotFound`, and those of `takeEndpoint`.
 */
export async function attachNetworks(request: AttachRequest, places: NetworkPlaces): Promise<readonly Endpoint[]> {
  const { id, names, choices, undo } = request;
  const endpoints: Endpoint[] = [];
  for (const choice of choices) {
    const record = await requireNetwork(choice.network, places);
    const endpoint = newEndpoint({ id, names, choice, record, present: endpoints }, places.root);
    undo.push(() => releaseEndpoint(places.root, id, endpoint));
    endpoints.push(endpoint);
  }
  return endpoints;
}

export interface NewEndpoint {
  readonly id: string;
  readonly names: readonly string[];
  readonly choice: NetworkChoice;
  readonly record: NetworkRecord;
  readonly present: ContainerNetwork["endpoints"];
}

export function newEndpoint({ id, names, choice, record, present }: NewEndpoint, root: string): Endpoint {
  return takeEndpoint({
    root,
    containerId: id,
    names,
    record,
    choice,
    interfaceName: freeInterfaceName(present),
    exists: (holder) => existsSync(containerPaths(root, holder).directory),
  });
}
