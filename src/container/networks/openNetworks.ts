import { newContainerId } from "../../base/index.ts";
import type { NetworkRequest, PublishedPort } from "../../network/index.ts";
import type { ObjectFilter } from "../list/containerFilters.ts";
import type { PortChange } from "../ports/changePorts.ts";
import type { EngineContext } from "../run/engineContext.ts";
import type { StatePlaces } from "../state/liveState.ts";
import type { Pruned } from "../volumes/removeVolume.ts";
import type { ConnectRequest, DisconnectRequest } from "./connectNetwork.ts";
import type { NetworkPlaces } from "./findNetwork.ts";
import type { NetworkDetails } from "./networkDetails.ts";

/** What can be done with networks. */
export interface ContainerNetworks {
  networks(filters: readonly ObjectFilter[]): Promise<readonly NetworkDetails[]>;
  /** The names of networks that `networks` leaves out because their records are damaged. */
  damagedNetworks(): Promise<readonly string[]>;
  inspectNetwork(nameOrId: string): Promise<NetworkDetails>;
  /** Makes a network; nothing of it is in the kernel until a container joins. */
  createNetwork(request: NetworkRequest): Promise<NetworkDetails>;
  /** `force`: also one whose record is damaged. */
  removeNetwork(nameOrId: string, options?: { readonly force?: boolean }): Promise<void>;
  /** Removes networks that no container uses. */
  pruneNetworks(filters: readonly ObjectFilter[]): Promise<Pruned>;
  connectNetwork(request: ConnectRequest): Promise<void>;
  disconnectNetwork(request: DisconnectRequest): Promise<void>;
  /** Publishes and withdraws ports, of a running container at once; resolves with those that are published then. */
  changePorts(change: PortChange): Promise<readonly PublishedPort[]>;
}

export interface NetworksSetting extends StatePlaces, NetworkPlaces {
  readonly openContext: () => Promise<EngineContext>;
}

/** Each member loads what it needs: a container without a network loads none of it. */
export function openNetworks(setting: NetworksSetting): ContainerNetworks {
  return {
    networks: async (filters) => (await import("./listNetworks.ts")).listNetworks(setting, filters),
    async damagedNetworks() {
      const { listDamagedNetworks } = await import("../../network/index.ts");
      return listDamagedNetworks(setting.root);
    },
    inspectNetwork: async (nameOrId) => (await import("./listNetworks.ts")).inspectNetwork(nameOrId, setting),
    createNetwork: (request) => createNetwork(request, setting),
    async removeNetwork(nameOrId, options = {}) {
      const context = await setting.openContext();
      if (options.force === true && (await import("./removeDamaged.ts")).isDamaged(nameOrId, context)) {
        return (await import("./removeDamaged.ts")).removeDamagedNetwork(nameOrId, context);
      }
      await (await import("./removeNetwork.ts")).removeNetwork(nameOrId, context);
    },
    async pruneNetworks(filters) {
      return (await import("./removeNetwork.ts")).pruneNetworks(filters, await setting.openContext());
    },
    async connectNetwork(request) {
      await (await import("./connectNetwork.ts")).connectNetwork(request, await setting.openContext());
    },
    async disconnectNetwork(request) {
      await (await import("./connectNetwork.ts")).disconnectNetwork(request, await setting.openContext());
    },
    async changePorts(change) {
      return (await import("../ports/changePorts.ts")).changePorts(change, await setting.openContext());
    },
  };
}

async function createNetwork(request: NetworkRequest, setting: NetworksSetting): Promise<NetworkDetails> {
  const { makeNetwork } = await import("./findNetwork.ts");
  const { describeNetworkRecord } = await import("./networkDetails.ts");
  const { tellNetwork } = await import("./tellNetwork.ts");
  const { finishRemovals } = await import("./finishRemovals.ts");
  await finishRemovals(await setting.openContext());
  const record = await makeNetwork(request, newContainerId(), setting);
  await tellNetwork({ action: "create", record }, setting);
  return describeNetworkRecord(record, []);
}
