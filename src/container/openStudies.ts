import { type CompareRequest, type ContainerComparison, compareContainers } from "./compare/compareContainers.ts";
import { type ContainerJournal, containerJournal } from "./journal/containerJournal.ts";
import { type ContainerPosture, containerPosture, type PosturePlaces } from "./posture/containerPosture.ts";
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
  /** Why an image cannot be removed, and why it takes so much room. */
  whyImage(reference: string): Promise<Explanation>;
  /** What is at a path in a running container, and what put it there. */
  whyMount(question: MountQuestion): Promise<Explanation>;
  /** Where the room of the data root went. */
  whySpace(): Promise<Explanation>;
}

export type StudyPlaces = PosturePlaces & AskedIn & { readonly now: () => Date };

export function openStudies(places: StudyPlaces): ContainerStudies {
  return {
    startJournal: async (nameOrId) => containerJournal(nameOrId, places),
    compareContainers: (request) => compareContainers(request, places),
    containerPosture: (nameOrId) => containerPosture(nameOrId, places),
    whyImage: async (reference) => explainImageUse(reference, places),
    whyMount: async (question) => explainMount(question, places),
    whySpace: () => explainSpace(places),
  };
}
