import type { CheckedFinding } from "../../container/index.ts";
import { sanitizeLine } from "./sanitize.ts";

/** What `system check` found: one paragraph each, what was done about it or can be, and a last line that sums up. */
export function formatFindings(findings: readonly CheckedFinding[]): string {
  const faults = findings.filter(({ severity, repaired }) => severity === "fault" && !repaired).length;
  const repaired = findings.filter((finding) => finding.repaired).length;
  const sum = [
    faults === 0 ? "no fault" : `${faults} ${faults === 1 ? "fault" : "faults"}`,
    ...(repaired === 0 ? [] : [`${repaired} repaired`]),
  ].join(", ");
  return [...findings.flatMap(describe), sum].map((line) => `${sanitizeLine(line)}\n`).join("");
}

function describe(finding: CheckedFinding): readonly string[] {
  const { check, object, sentence, repaired, severity } = finding;
  const mark = repaired ? "repaired" : severity;
  return [`${mark.padEnd(8)}  ${check}: ${object}: ${sentence}`, ...advise(finding).map((line) => `          ${line}`)];
}

function advise({ repair, repaired, failure, advice }: CheckedFinding): readonly string[] {
  if (failure !== undefined) return [`brig could not repair it: ${failure}`];
  if (repaired) return [`brig did this: ${repair}`];
  if (repair !== undefined) return [`with --repair brig ${repair}`];
  return advice === undefined ? [] : [advice];
}
