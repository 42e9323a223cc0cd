import { englishWhy } from "../../messages/index.ts";
import { type PublishedPort, parseImagePorts } from "../../network/index.ts";
import type { HealthStatus } from "../health/readHealth.ts";
import type { ContainerRecord } from "../state/containerRecord.ts";
import { type EndFacts, explainEnd } from "../why/explainEnd.ts";
import type { FilteredContainer } from "./containerFilters.ts";

/** One container as lists show it, and what filters look at. Pure. */
export function summarizeContainer(
  record: ContainerRecord,
  end: EndFacts,
  { ports, health }: { readonly ports: readonly PublishedPort[]; readonly health?: HealthStatus },
): FilteredContainer {
  const { id, name, image, imageId, command, created, labels, diffIds } = record;
  const { status, startedAt, finishedAt, exitCode, restarts } = end.state;
  const why = explainEnd(end, englishWhy.end);
  const up = status === "running" || status === "paused";
  const shared = record.networks?.some((name) => name === "host") === true;
  const mounts = record.mounts.filter(({ kind }) => kind !== "tmpfs");
  return {
    container: {
      id,
      name,
      image,
      imageId,
      command,
      created,
      status,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(finishedAt === undefined ? {} : { finishedAt }),
      ...(exitCode === undefined ? {} : { exitCode }),
      restarts,
      ...(why === undefined ? {} : { why }),
      ...(health === undefined ? {} : { health }),
      labels: new Map(Object.entries(labels)),
      mounts: mounts.map(({ source }) => source),
      localVolumes: mounts.filter(({ kind }) => kind === "volume").length,
      networks: record.networks ?? [],
      ports: up ? ports : [],
      exposedPorts: up && !shared ? parseImagePorts(record.exposedPorts ?? []) : [],
    },
    diffIds,
    mountTargets: mounts.map(({ target }) => target),
    exposedPorts: record.exposedPorts ?? [],
  };
}
