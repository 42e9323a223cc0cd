import type { ContainerNetworks, EngineContext } from "../container/index.ts";
import { defaultSubnetOf, type Places, probe, requireRoot } from "./places.ts";

/** Networks: looked at by anybody who may read the data root, changed by root. */
export function networkMembers(places: Places, openContext: () => Promise<EngineContext>): ContainerNetworks {
  const open = async () => {
    const { openNetworks } = await import("../container/index.ts");
    return openNetworks({ ...places, ...defaultSubnetOf(places), now: () => new Date(), openContext });
  };
  const change = async (attempt: string) => {
    requireRoot(await probe(places), attempt);
    return open();
  };
  return {
    networks: async (filters) => (await open()).networks(filters),
    damagedNetworks: async () => (await open()).damagedNetworks(),
    inspectNetwork: async (nameOrId) => (await open()).inspectNetwork(nameOrId),
    createNetwork: async (request) => (await change("make a network")).createNetwork(request),
    removeNetwork: async (nameOrId, options) => (await change("remove a network")).removeNetwork(nameOrId, options),
    pruneNetworks: async (filters) => (await change("remove networks")).pruneNetworks(filters),
    connectNetwork: async (request) => (await change("connect a container")).connectNetwork(request),
    disconnectNetwork: async (request) => (await change("disconnect a container")).disconnectNetwork(request),
    changePorts: async (request) => (await change("change the ports of a container")).changePorts(request),
  };
}
