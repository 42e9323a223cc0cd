import type { LaunchStop, SnapshotChange, SnapshotSection, StopSnapshot } from "../../container/index.ts";
import type { LaunchStep } from "../../launch/index.ts";
import { formatTable } from "../render/columns.ts";
import { sanitizeLine } from "../render/sanitize.ts";

/** Where a process has stopped: a line for the step that is done, one for the next. */
export function stopHeading({ process, pid, after, before }: LaunchStop): string {
  const done = after === undefined ? "it begins" : `after ${after.id}`;
  const next = before === undefined ? "nothing is left for it to do" : `next: ${before.id}  # ${before.why}`;
  return `${sanitizeLine(`-- ${process} (pid ${pid}), ${done}`)}\n   ${sanitizeLine(next)}\n`;
}

/** A step with its fields, a line each. */
export function stepText({ id, phase, op, fields, why, doc }: LaunchStep): string {
  const rows = Object.entries(fields).map(([key, value]) => [`  ${key}`, shortened(key, value)]);
  const read = doc === undefined ? [] : [["  read", doc]];
  const lines = [["step", id], ["phase", phase], ["operation", op], ...rows, ["why", why], ...read];
  return formatTable(
    lines.map((cells) => cells.map(sanitizeLine)),
    0,
  );
}

const longestValue = 200;

function shortened(key: string, value: LaunchStep["fields"][string]): string {
  const text = typeof value === "object" ? value.join(",") : String(value);
  if (key === "program") return `<${text.length / 16} instructions>`;
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}... (${text.length} characters)`;
}

/** Sections of a snapshot as tables. */
export function snapshotText(snapshot: StopSnapshot, sections: readonly SnapshotSection[]): string {
  const rows = sections.flatMap((section) => [...snapshot[section]].map(([name, value]) => [name, value]));
  return rows.length === 0
    ? "nothing\n"
    : formatTable(
        rows.map((cells) => cells.map(sanitizeLine)),
        0,
      );
}

/** What came (+), went (-) or changed (~) between two stops. */
export function changesText(changes: readonly SnapshotChange[]): string {
  if (changes.length === 0) return "nothing that is looked at has changed\n";
  return changes
    .map(({ section, name, before, after }) => {
      const sign = before === undefined ? "+" : after === undefined ? "-" : "~";
      const value = before === undefined ? after : after === undefined ? before : `${before} -> ${after}`;
      return `${sanitizeLine(`${sign} ${section}: ${name}  ${value ?? ""}`.trimEnd())}\n`;
    })
    .join("");
}
