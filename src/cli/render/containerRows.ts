import { shortId } from "../../base/index.ts";
import type { CreatedContainer } from "../../container/index.ts";
import { formatAge, formatSpan, formatTime } from "./age.ts";
import type { ListRow, ListShape } from "./listFormat.ts";

export const containerList: ListShape = {
  headings: new Map([
    ["Command", "COMMAND"],
    ["CreatedAt", "CREATED AT"],
    ["ID", "CONTAINER ID"],
    ["Image", "IMAGE"],
    ["Labels", "LABELS"],
    ["Mounts", "MOUNTS"],
    ["Names", "NAMES"],
    ["Ports", "PORTS"],
    ["RunningFor", "CREATED"],
    ["State", "STATE"],
    ["Status", "STATUS"],
  ]),
  columns: ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names"],
};

/** The fields of one line of `ps`; `full` leaves ids and commands as long as they are. */
export function containerRow(container: CreatedContainer, { now, full }: { now: Date; full: boolean }): ListRow {
  const createdMs = parseTime(container.created);
  return new Map([
    ["Command", quote(full ? container.command.join(" ") : cut(container.command.join(" "), 20))],
    ["CreatedAt", formatTime(createdMs)],
    ["ID", full ? container.id : shortId(container.id)],
    ["Image", container.image],
    ["Labels", [...container.labels].map(([key, value]) => `${key}=${value}`).join(",")],
    ["Names", container.name],
    ["Ports", ""],
    ["RunningFor", formatAge(createdMs, now)],
    ["State", container.status],
    ["Status", formatStatus(container, now)],
    ["Mounts", container.mounts.join(",")],
  ]);
}

function formatStatus({ status, exitCode, created, startedAt, finishedAt }: CreatedContainer, now: Date): string {
  switch (status) {
    case "running":
    case "paused":
      return `Up ${formatSpan(Math.max(0, now.getTime() - (parseTime(startedAt ?? created) ?? now.getTime())) / 1000)}${status === "paused" ? " (Paused)" : ""}`;
    case "restarting":
      return `Restarting (${exitCode ?? "unknown"})${finishedAt === undefined ? "" : ` ${formatAge(parseTime(finishedAt), now)}`}`;
    case "exited":
      return `Exited (${exitCode ?? "unknown"})${finishedAt === undefined ? "" : ` ${formatAge(parseTime(finishedAt), now)}`}`;
    case "created":
      return "Created";
    case "dead":
      return "Dead";
  }
}

function parseTime(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** At most `length` characters; the last one says that there is more. */
function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

function quote(command: string): string {
  return `"${command.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
