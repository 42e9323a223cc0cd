import type { ContainerArchives, EngineContext } from "../container/index.ts";
import { type Places, probe, requireRoot } from "./places.ts";

/** Files of containers, in and out. All of it needs mounts of its own, and so root. */
export function archiveMembers(places: Places, openContext: () => Promise<EngineContext>): ContainerArchives {
  const open = async (attempt: string) => {
    requireRoot(await probe(places), attempt);
    const { openArchives } = await import("../container/index.ts");
    return openArchives(await openContext());
  };
  return {
    copyOut: async (request) => (await open("copy from a container")).copyOut(request),
    copyIn: async (request) => (await open("copy to a container")).copyIn(request),
    async *copyToTar(request) {
      yield* (await open("copy from a container")).copyToTar(request);
    },
    copyFromTar: async (request) => (await open("copy to a container")).copyFromTar(request),
    diff: async (nameOrId) => (await open("look into a container")).diff(nameOrId),
    async *exportContainer(nameOrId) {
      yield* (await open("export a container")).exportContainer(nameOrId);
    },
    commit: async (request) => (await open("make an image")).commit(request),
    async *download(url, signal) {
      yield* (await open("make an image")).download(url, signal);
    },
    importImage: async (request) => (await open("make an image")).importImage(request),
  };
}
