import { formatBinarySize, formatDecimalSize, shortId } from "../../base/index.ts";
import type { ContainerStats } from "../../container/index.ts";
import type { ListRow, ListShape } from "./listFormat.ts";

export const statsList: ListShape = {
  headings: new Map([
    ["BlockIO", "BLOCK I/O"],
    ["CPUPerc", "CPU %"],
    ["CPUPressure", "CPU PRESSURE"],
    ["Container", "CONTAINER"],
    ["ID", "CONTAINER ID"],
    ["IOPressure", "I/O PRESSURE"],
    ["MemPerc", "MEM %"],
    ["MemPressure", "MEM PRESSURE"],
    ["MemUsage", "MEM USAGE / LIMIT"],
    ["Name", "NAME"],
    ["NetIO", "NET I/O"],
    ["OOMKills", "OOM KILLS"],
    ["PIDs", "PIDS"],
  ]),
  columns: ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"],
};

/** On a terminal there is room for what Docker's table does not have. */
export const liveStatsList: ListShape = {
  ...statsList,
  columns: [...statsList.columns, "CPUPressure", "MemPressure", "IOPressure", "OOMKills"],
};

const unknown = "--";

/** The fields of one line of `stats`; what this host does not count is `--`. */
export function statsRow(stats: ContainerStats, { full }: { readonly full: boolean }): ListRow {
  const { memory, network, block, pressure } = stats;
  return new Map([
    ["BlockIO", block === undefined ? `${unknown} / ${unknown}` : pair(block.readBytes, block.writtenBytes)],
    ["CPUPerc", percent(stats.cpuPercent)],
    ["CPUPressure", percent(pressure.cpu?.some.avg10)],
    ["Container", stats.asked],
    ["ID", full ? stats.id : shortId(stats.id)],
    ["IOPressure", percent(pressure.io?.some.avg10)],
    ["MemPerc", percent(memory?.percent)],
    ["MemPressure", percent(pressure.memory?.some.avg10)],
    ["MemUsage", memoryUse(memory)],
    ["Name", stats.name],
    ["NetIO", pair(network?.receivedBytes ?? 0, network?.sentBytes ?? 0)],
    ["OOMKills", stats.oomKills === undefined ? unknown : String(stats.oomKills)],
    ["PIDs", String(stats.tasks)],
  ]);
}

function memoryUse(memory: ContainerStats["memory"]): string {
  if (memory === undefined) return `${unknown} / ${unknown}`;
  return `${formatBinarySize(memory.usedBytes)} / ${formatBinarySize(memory.limitBytes)}`;
}

function pair(one: number, other: number): string {
  return `${formatDecimalSize(one)} / ${formatDecimalSize(other)}`;
}

function percent(value: number | undefined): string {
  return value === undefined ? unknown : `${value.toFixed(2)}%`;
}
