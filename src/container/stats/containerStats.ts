import type { ContainerId } from "../../base/index.ts";
import type { ContainerSample } from "./containerSample.ts";

/** What a container uses, as `stats` shows it. A member is absent where this host does not count it. */
export interface ContainerStats {
  readonly id: ContainerId;
  readonly name: string;
  /** What the caller named it by. */
  readonly asked: string;
  readonly running: boolean;
  /** Of one processor, in the time since the sample before; absent for the first one. */
  readonly cpuPercent?: number;
  readonly memory?: { readonly usedBytes: number; readonly limitBytes: number; readonly percent: number };
  readonly network?: ContainerSample["network"];
  readonly block?: ContainerSample["block"];
  readonly tasks: number;
  readonly oomKills?: number;
  readonly pressure: ContainerSample["pressure"];
}

/** A container without processes uses nothing. */
export const nothingUsed: Omit<ContainerStats, "id" | "name" | "asked"> = {
  running: false,
  cpuPercent: 0,
  memory: { usedBytes: 0, limitBytes: 0, percent: 0 },
  network: { receivedBytes: 0, sentBytes: 0 },
  block: { readBytes: 0, writtenBytes: 0 },
  tasks: 0,
  pressure: {},
};

/** Compares two samples. Pure. `hostBytes`: the host's memory, the limit of a container that has no other. */
export function compareSamples(
  sample: ContainerSample,
  before: ContainerSample | undefined,
  hostBytes: number,
): Omit<ContainerStats, "id" | "name" | "asked"> {
  const { memory, network, block, tasks, oomKills, pressure } = sample;
  const cpuPercent = cpuShare(sample, before);
  const limitBytes = Math.min(memory?.limitBytes ?? hostBytes, hostBytes);
  return {
    running: true,
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
    ...(memory === undefined
      ? {}
      : {
          memory: {
            usedBytes: memory.usedBytes,
            limitBytes,
            percent: limitBytes === 0 ? 0 : (memory.usedBytes / limitBytes) * 100,
          },
        }),
    ...(network === undefined ? {} : { network }),
    ...(block === undefined ? {} : { block }),
    tasks,
    ...(oomKills === undefined ? {} : { oomKills }),
    pressure,
  };
}

function cpuShare(sample: ContainerSample, before: ContainerSample | undefined): number | undefined {
  if (before?.cpuUs === undefined || sample.cpuUs === undefined) return undefined;
  const elapsedUs = Number(sample.atNs - before.atNs) / 1000;
  const usedUs = sample.cpuUs - before.cpuUs; // negative after a restart: the group is another one
  return elapsedUs <= 0 || usedUs < 0 ? 0 : (usedUs / elapsedUs) * 100;
}
