import { formatDecimalSize, shortId } from "../../base/index.ts";
import { type CreatedContainer, formatPorts } from "../../container/index.ts";
import { formatAge, formatSpan, formatTime } from "./age.ts";
import { cutText } from "./cutText.ts";
import type { ListRow, ListShape } from "./listFormat.ts";

export const containerList: ListShape = {
  headings: new Map([
    ["Command", "COMMAND"],
    ["CreatedAt", "CREATED AT"],
    ["ID", "CONTAINER ID"],
    ["Image", "IMAGE"],
    ["Labels", "LABELS"],
    ["LocalVolumes", "LOCAL VOLUMES"],
    ["Mounts", "MOUNTS"],
    ["Names", "NAMES"],
    ["Networks", "NETWORKS"],
    ["Ports", "PORTS"],
    ["RunningFor", "CREATED"],
    ["Size", "SIZE"],
    ["State", "STATE"],
    ["Status", "STATUS"],
    ["Why", "WHY"],
  ]),
  columns: ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"],
};

export const containerListWithSizes: ListShape = { ...containerList, columns: [...containerList.columns, "Size"] };

/** Names of mounts are cut after so many characters, as in Docker's list. */
const mountLength = 15;
const commandLength = 20;

/** The fields of one line of `ps`; `full` leaves ids, commands and mounts as long as they are. `Why` is brig's own. */
export function containerRow(container: CreatedContainer, { now, full }: { now: Date; full: boolean }): ListRow {
  const createdMs = parseTime(container.created);
  const command = container.command.join(" ");
  const mounts = full ? container.mounts : container.mounts.map((mount) => cutText(mount, mountLength));
  return new Map([
    ["Command", quote(full ? command : cutText(command, commandLength))],
    ["CreatedAt", formatTime(createdMs)],
    ["ID", full ? container.id : shortId(container.id)],
    ["Image", container.image],
    ["Labels", [...container.labels].map(([key, value]) => `${key}=${value}`).join(",")],
    ["LocalVolumes", String(container.localVolumes)],
    ["Mounts", mounts.join(",")],
    ["Names", container.name],
    ["Networks", container.networks.join(",")],
    ["Ports", formatPorts(container.ports, container.exposedPorts)],
    ["RunningFor", formatAge(createdMs, now)],
    ["Size", formatSize(container)],
    ["State", container.status],
    ["Status", formatStatus(container, now)],
    ["Why", container.why ?? ""],
  ]);
}

function formatSize({ size }: CreatedContainer): string {
  if (size === undefined) return formatDecimalSize(0);
  const virtual = size.rootBytes > 0 ? ` (virtual ${formatDecimalSize(size.rootBytes)})` : "";
  return `${formatDecimalSize(size.writtenBytes)}${virtual}`;
}

/** Docker's words; `unknown` where Docker would have to invent a status, because nobody saw the end. */
function formatStatus(container: CreatedContainer, now: Date): string {
  const { status, exitCode = "unknown", created, startedAt, finishedAt } = container;
  const up = (): string => {
    const sinceMs = parseTime(startedAt ?? created) ?? now.getTime();
    return `Up ${formatSpan(Math.max(0, now.getTime() - sinceMs) / 1000)}`;
  };
  const ended = finishedAt === undefined ? "" : ` ${formatAge(parseTime(finishedAt), now)}`;
  switch (status) {
    case "running":
      return `${up()}${formatHealth(container)}`;
    case "paused":
      return `${up()} (Paused)`;
    case "restarting":
      return `Restarting (${exitCode})${ended}`;
    case "exited":
      return `Exited (${exitCode})${ended}`;
    case "created":
      return "Created";
    case "dead":
      return "Dead";
  }
}

function formatHealth({ health }: CreatedContainer): string {
  if (health === undefined) return "";
  return health === "starting" ? " (health: starting)" : ` (${health})`;
}

function parseTime(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function quote(command: string): string {
  return `"${command.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
