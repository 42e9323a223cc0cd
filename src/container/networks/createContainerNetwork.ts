import { failPoint } from "../../base/index.ts";
import { type ContainerNetwork, writeContainerNetwork } from "../../network/index.ts";
import { wantedPorts } from "../ports/wantedPorts.ts";
import { hostnameOf, type RunDraft } from "../run/draftRun.ts";
import type { EngineContext } from "../run/engineContext.ts";
import type { Reservation } from "../state/reserveContainer.ts";
import type { UndoStack } from "../state/undoStack.ts";
import { attachNetworks } from "./attachNetworks.ts";

export interface NetworkCreation extends Reservation {
  readonly draft: RunDraft;
  readonly undo: UndoStack;
}

/**
 * Decides and writes down the networks of a new container (`network.json`), with addresses that are its own from here on.
 *
 * @throws EngineError as `attachNetworks`.
 */
export async function createContainerNetwork(
  { id, name, paths, draft, undo }: NetworkCreation,
  context: EngineContext,
): Promise<ContainerNetwork> {
  const { networks } = draft.options;
  const names = [...new Set([name, id.slice(0, 12), hostnameOf(draft, id)])];
  const endpoints = await attachNetworks({ id, names, choices: networks, undo }, context);
  const wanted = wantedPorts(draft.options, draft.choice.exposedPorts);
  const network: ContainerNetwork = {
    version: 1,
    endpoints,
    ports: [],
    ...(wanted.length === 0 ? {} : { wantedPorts: wanted }),
  };
  writeContainerNetwork(paths.directory, network);
  failPoint("lease.recorded");
  return network;
}
