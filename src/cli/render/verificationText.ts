import { EngineError } from "../../base/index.ts";
import type { JournalVerification } from "../../container/index.ts";
import { sanitizeLine } from "./sanitize.ts";
import { formatStep } from "./steps.ts";

/** What came of setting a journal beside the kernel's view: a line for each thing in which they differ, and the sums. */
export function verificationText({ disagreements, confirmed, relevant, traced }: JournalVerification): string {
  const lines = disagreements.map((one) =>
    one.kind === "unseen"
      ? `record ${one.index + 1}, which the kernel did not see: ${formatStep(one.record, (why) => why)}`
      : `process ${one.pid}, a call without a record: ${sanitizeLine(one.call)}`,
  );
  const sums = `journal: ${confirmed} records confirmed, ${relevant} container calls of ${traced} traced`;
  return [...lines, `${sums}, ${disagreements.length} disagreements`].map((line) => `${line}\n`).join("");
}

/** @throws EngineError `journalFalse`. */
export function requireAgreement({ disagreements }: JournalVerification): void {
  const [first] = disagreements;
  if (first === undefined) return;
  const what = first.kind === "unseen" ? `record ${first.index + 1} (${first.record.step})` : first.call;
  throw new EngineError("journalFalse", `the journal and the kernel disagree: ${JSON.stringify(what)}`, {
    hint: "this is a fault of brig: report it with the lines above",
  });
}
