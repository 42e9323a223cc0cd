import type { ContainerViews, EngineContext } from "../container/index.ts";
import type { Places } from "./places.ts";

/** What containers and volumes look like; only what changes a container needs to know the host. */
export function viewMembers(places: Places, openContext: () => Promise<EngineContext>): ContainerViews {
  const open = async () => {
    const { openViews } = await import("../container/index.ts");
    return openViews({ ...places, now: () => new Date(), openContext });
  };
  return {
    containers: async (request) => (await open()).containers(request),
    inspectContainer: async (request) => (await open()).inspectContainer(request),
    explainContainer: async (nameOrId) => (await open()).explainContainer(nameOrId),
    explainPort: async (question) => (await open()).explainPort(question),
    renameContainer: async (request) => (await open()).renameContainer(request),
    pruneContainers: async (filters) => (await open()).pruneContainers(filters),
    volumes: async (filters) => (await open()).volumes(filters),
    createVolume: async (request) => (await open()).createVolume(request),
    inspectVolume: async (name) => (await open()).inspectVolume(name),
    removeVolume: async (name) => (await open()).removeVolume(name),
    pruneVolumes: async (request) => (await open()).pruneVolumes(request),
  };
}
