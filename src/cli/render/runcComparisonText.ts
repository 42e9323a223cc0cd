import type { RuncComparison } from "../../container/index.ts";
import { formatTable } from "./columns.ts";
import type { ComparisonLanguage } from "./comparisonText.ts";
import { sanitizeLine } from "./sanitize.ts";

type ComparedRow = RuncComparison["rows"][number];

/** A line for each purpose, with the calls of both sides; below it how many are whose, and all system calls. */
export function runcComparisonText(comparison: RuncComparison, { words, say }: ComparisonLanguage): string {
  const { rows, runc, brig } = comparison;
  const head = [words.columns.phase, words.columns.purpose, "RUNC", "BRIG"];
  const lines = rows.map((row) => [say(row.phase), cell(say(row.purpose)), callsOf(row.runc), callsOf(row.brig)]);
  const both = rows.filter(({ runc, brig }) => runc.size > 0 && brig.size > 0).length;
  const only = (side: "runc" | "brig") => rows.filter((row) => whoOf(row) === side).length;
  const sums = [
    words.purposes({ both, runc: only("runc"), brig: only("brig") }),
    words.calls({ runc: runc.relevant, brig: brig.relevant }),
    words.total({ runc: runc.total, brig: brig.total }),
  ];
  return formatTable([head, ...lines]) + sums.map((line) => `${line}\n`).join("");
}

export function runcComparisonJson({ rows, runc, brig }: RuncComparison): unknown {
  const purposes = rows.map((row) => ({
    phase: row.phase,
    purpose: row.purpose,
    who: whoOf(row),
    runc: Object.fromEntries(row.runc),
    brig: Object.fromEntries(row.brig),
  }));
  return { purposes, runc, brig };
}

function whoOf({ runc, brig }: ComparedRow): "both" | "runc" | "brig" {
  if (brig.size === 0) return "runc";
  return runc.size === 0 ? "brig" : "both";
}

function callsOf(calls: ReadonlyMap<string, number>): string {
  const words = [...calls].map(([name, count]) => (count === 1 ? name : `${name} x${count}`));
  return words.join(", ") || "-";
}

const longestCell = 200;

/** Paths come from flags and from the trace. */
function cell(text: string): string {
  return sanitizeLine(text.slice(0, longestCell)) || "-";
}
