import { type CompareRequest, type ContainerComparison, compareContainers } from "./compare/compareContainers.ts";
import { type ContainerJournal, containerJournal } from "./journal/containerJournal.ts";
import { type ContainerPosture, containerPosture, type PosturePlaces } from "./posture/containerPosture.ts";
import type { EngineContext } from "./run/engineContext.ts";
import { type ContainerSurroundings, readSurroundings } from "./surroundings/containerSurroundings.ts";
import { type FlagEffects, flagEffects } from "./surroundings/flagEffects.ts";
import { explainImageUse } from "./why/explainImageUse.ts";
import { explainMount, type MountQuestion } from "./why/explainMount.ts";
import { explainSpace } from "./why/explainSpace.ts";
import type { AskedIn, Explanation } from "./why/explanation.ts";

/** What there is to learn from containers: views of the plans and journals of what really ran. */
export interface ContainerStudies {
  /** Every system call that the helper made at a container's last start by a command. */
  startJournal(nameOrId: string): Promise<ContainerJournal>;
  /** Namespaces, mounts, capabilities, limits and settings of two containers, or of one and the host, side by side. */
  compareContainers(request: CompareRequest): Promise<ContainerComparison>;
  /** What stands between a running container and the host, beside what Docker puts there by default. */
  containerPosture(nameOrId: string): Promise<ContainerPosture>;
  /** What was decided about a container and what there is around it: namespaces, mounts, groups, networks, privileges. */
  surroundings(nameOrId: string): Promise<ContainerSurroundings>;
  /** What each thing that was asked for changes in the plan of a container that asks for nothing. */
  flagEffects(nameOrId: string): Promise<FlagEffects>;
  /** Why an image cannot be removed, and why it takes so much room. */
  whyImage(reference: string): Promise<Explanation>;
  /** What is at a path in a running container, and what put it there. */
  whyMount(question: MountQuestion): Promise<Explanation>;
  /** Where the room of the data root went. */
  whySpace(): Promise<Explanation>;
}

export type StudyPlaces = PosturePlaces &
  AskedIn & { readonly now: () => Date; readonly openContext: () => Promise<EngineContext> };

export function openStudies(places: StudyPlaces): ContainerStudies {
  return {
    startJournal: async (nameOrId) => containerJournal(nameOrId, places),
    compareContainers: (request) => compareContainers(request, places),
    containerPosture: (nameOrId) => containerPosture(nameOrId, places),
    surroundings: (nameOrId) => readSurroundings(nameOrId, places),
    flagEffects: async (nameOrId) => flagEffects(nameOrId, await places.openContext()),
    whyImage: async (reference) => explainImageUse(reference, places),
    whyMount: async (question) => explainMount(question, places),
    whySpace: () => explainSpace(places),
  };
}
