import type { ContainerStudies, EngineContext } from "../container/index.ts";
import { type Places, probe, requireRoot } from "./places.ts";

/** Views of how containers were made; they look into directories and processes that only root may read. */
export function studyMembers(places: Places, openContext: () => Promise<EngineContext>): ContainerStudies {
  const open = async (attempt: string) => {
    const host = await probe(places);
    requireRoot(host, attempt);
    const { openStudies } = await import("../container/index.ts");
    return openStudies({ ...places, host, now: () => new Date(), openContext });
  };
  return {
    startJournal: async (nameOrId) => (await open("read the journal of a container")).startJournal(nameOrId),
    compareContainers: async (request) =>
      (await open("look at the processes of a container")).compareContainers(request),
    containerPosture: async (nameOrId) =>
      (await open("look at the processes of a container")).containerPosture(nameOrId),
    surroundings: async (nameOrId) => (await open("look at the surroundings of a container")).surroundings(nameOrId),
    flagEffects: async (nameOrId) => (await open("read the options of a container")).flagEffects(nameOrId),
    whyImage: async (reference) => (await open("look at the images")).whyImage(reference),
    whyMount: async (question) => (await open("look at the mounts of a container")).whyMount(question),
    whySpace: async () => (await open("measure what brig keeps")).whySpace(),
  };
}
