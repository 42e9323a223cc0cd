import { type CompareRequest, type ContainerComparison, compareContainers } from "./compare/compareContainers.ts";
import { type ContainerJournal, containerJournal } from "./journal/containerJournal.ts";
import type { ListPlaces } from "./list/listContainers.ts";

/** What there is to learn from containers: views of the plans and journals of what really ran. */
export interface ContainerStudies {
  /** Every system call that the helper made at a container's last start by a command. */
  startJournal(nameOrId: string): Promise<ContainerJournal>;
  /** Namespaces, mounts, capabilities, limits and settings of two containers, or of one and the host, side by side. */
  compareContainers(request: CompareRequest): Promise<ContainerComparison>;
}

export function openStudies(places: ListPlaces): ContainerStudies {
  return {
    startJournal: async (nameOrId) => containerJournal(nameOrId, places),
    compareContainers: (request) => compareContainers(request, places),
  };
}
