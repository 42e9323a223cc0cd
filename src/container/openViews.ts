import type { Language } from "../messages/index.ts";
import { appendEvent } from "./events/appendEvent.ts";
import type { ContainerDetails } from "./inspect/containerDetails.ts";
import { type InspectRequest, inspectContainer } from "./inspect/inspectContainer.ts";
import { pruneContainers } from "./lifecycle/pruneContainers.ts";
import { type RenameRequest, renameContainer } from "./lifecycle/renameContainer.ts";
import type { ObjectFilter } from "./list/containerFilters.ts";
import { type ListPlaces, type ListRequest, listContainers } from "./list/listContainers.ts";
import type { EngineContext } from "./run/engineContext.ts";
import type { CreatedContainer } from "./runReports.ts";
import { unlessRemoved } from "./state/unlessRemoved.ts";
import { type CreateVolumeRequest, createVolume } from "./volumes/createVolume.ts";
import { inspectVolume, listVolumes } from "./volumes/listVolumes.ts";
import { type Pruned, type PruneVolumesRequest, pruneVolumes, removeVolume } from "./volumes/removeVolume.ts";
import type { VolumeDetails } from "./volumes/volumeDetails.ts";
import { type ContainerExplanation, explainContainer } from "./why/explainContainer.ts";
import { explainPort, type PortExplanation, type PortQuestion } from "./why/explainPort.ts";

/** What there is to see of containers and volumes, and what puts them in order. */
export interface ContainerViews {
  /** The containers, the youngest first; only running ones unless the request says otherwise. */
  containers(request: ListRequest): Promise<readonly CreatedContainer[]>;
  /** Everything known about a container, in Docker's words. */
  inspectContainer(request: InspectRequest): Promise<ContainerDetails>;
  /** Why a container is in the state that it is in. */
  explainContainer(nameOrId: string): Promise<ContainerExplanation>;
  /** Who answers at a port of the host, and how a packet gets there. */
  explainPort(question: PortQuestion): Promise<readonly PortExplanation[]>;
  renameContainer(request: RenameRequest): Promise<void>;
  /** Removes every container that does not run. */
  pruneContainers(filters: readonly ObjectFilter[]): Promise<Pruned>;
  volumes(filters: readonly ObjectFilter[]): Promise<readonly VolumeDetails[]>;
  createVolume(request: CreateVolumeRequest): Promise<VolumeDetails>;
  inspectVolume(name: string): Promise<VolumeDetails>;
  removeVolume(name: string): Promise<void>;
  /** Removes volumes that no container uses. */
  pruneVolumes(request: PruneVolumesRequest): Promise<Pruned>;
}

/** What the views work with; the host is looked at only by those that change a container. */
export interface ViewPlaces extends ListPlaces {
  readonly now: () => Date;
  readonly language: Language;
  readonly openContext: () => Promise<EngineContext>;
}

export function openViews(places: ViewPlaces): ContainerViews {
  const { root, now } = places;
  return {
    containers: (request) => listContainers(places, request),
    inspectContainer: (request) =>
      unlessRemoved({ root, nameOrId: request.nameOrId }, () => inspectContainer(request, places)),
    explainContainer: (nameOrId) => explainContainer(nameOrId, { ...places, now: now() }),
    explainPort: (question) => explainPort(question, places),
    renameContainer: (request) => renameContainer(request, { root, runRoot: places.runRoot, now: now() }),
    pruneContainers: async (filters) => pruneContainers(filters, await places.openContext()),
    volumes: async (filters) => listVolumes(root, filters),
    async createVolume(request) {
      const volume = createVolume(request, { root, now: now() });
      await appendEvent(volumeEvent(places, "create", volume.Name));
      return volume;
    },
    inspectVolume: async (name) => inspectVolume(root, name),
    async removeVolume(name) {
      await removeVolume(name, places);
      await appendEvent(volumeEvent(places, "destroy", name));
    },
    pruneVolumes: (request) => pruneVolumes(request, places),
  };
}

function volumeEvent({ root, now }: ViewPlaces, action: string, name: string) {
  return { root, now: now(), action, type: "volume", id: name, attributes: new Map([["driver", "local"]]) } as const;
}
