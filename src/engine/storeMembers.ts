import type { EngineContext, EngineStore } from "../container/index.ts";
import { storedName } from "./configured.ts";
import { type Places, probe, requireRoot } from "./places.ts";

/** What the data root keeps. All of it looks into directories that only root may read. */
export function storeMembers(places: Places, openContext: () => Promise<EngineContext>): EngineStore {
  const open = async (attempt: string) => {
    requireRoot(await probe(places), attempt);
    const { openStore } = await import("../container/index.ts");
    return openStore(await openContext());
  };
  return {
    pruneImages: async (request) => (await open("remove images")).pruneImages(request),
    forecastPruneImages: async (request) => (await open("look at the images")).forecastPruneImages(request),
    pruneSystem: async (request) => (await open("remove what is not in use")).pruneSystem(request),
    forecastPruneSystem: async (request) => (await open("look at what is in use")).forecastPruneSystem(request),
    diskUsage: async () => (await open("measure what brig keeps")).diskUsage(),
    imageTree: async (reference) =>
      (await open("look at the images")).imageTree(
        reference === undefined ? undefined : await storedName(reference, places),
      ),
    explainImage: async (reference) =>
      (await open("read the layers of an image")).explainImage(await storedName(reference, places)),
    diffImages: async (request) =>
      (await open("read the layers of images")).diffImages({
        before: await storedName(request.before, places),
        after: await storedName(request.after, places),
      }),
  };
}
