import type {
  ContainerDetails,
  ContainerJournal,
  ContainerStats,
  ContainerSurroundings,
  FlagEffects,
} from "../container/index.ts";

/** What the report says in its head. Variables are names: their values are often secrets and are nowhere in these facts. */
export interface ContainerFacts
  extends Pick<ContainerDetails["State"], "Status" | "ExitCode" | "OOMKilled" | "StartedAt" | "FinishedAt"> {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly created: string;
  readonly command: readonly string[];
  readonly user: string;
  readonly hostname: string;
  readonly variables: readonly string[];
  readonly labels: readonly (readonly [string, string])[];
  readonly why: string;
  readonly writtenBytes?: number;
  readonly rootBytes?: number;
  readonly idMaps: ContainerDetails["Brig"]["UserNamespace"];
  readonly hostIdsBecause: readonly string[];
}

/** One line of an image's history and the layer that it made. */
export interface LayerFacts {
  readonly createdBy: string;
  readonly layer?: {
    readonly digest: string;
    readonly packedBytes: number;
    readonly unpackedBytes: number;
    readonly wastedBytes: number;
    readonly added: number;
    readonly changed: number;
    readonly deleted: number;
  };
}

/** Everything that a report is drawn from; what could not be found out is absent. */
export interface ReportFacts {
  /** RFC 3339. */
  readonly time: string;
  readonly version: string;
  readonly container: ContainerFacts;
  readonly journal?: ContainerJournal;
  readonly surroundings: ContainerSurroundings;
  /** The first line first; absent when the image is gone. */
  readonly layers?: readonly LayerFacts[];
  readonly usage?: ContainerStats;
  /** Absent when the plans cannot be made any more; `unplanned` says why. */
  readonly flags?: FlagEffects;
  readonly unplanned?: string;
}
