import { encodeRecords, type HelperOrder } from "../base/index.ts";
import { flagBits, flagFields } from "./flagBits.ts";
import type { FieldValue, LaunchPlan, LaunchStep } from "./plan.ts";

/**
 * The bytes of a plan as the helper reads them: one record a step (native/record.h), and the record `end` after the last.
 * `why` and `doc` stay here.
 *
 * @throws Error for a NUL in a field: whoever parsed that word must have refused it.
 */
export function encodePlan(plan: Pick<LaunchPlan, "steps">): Buffer {
  return encodeRecords([...plan.steps.map(orderOf), { op: "end", fields: {} }]);
}

/** The record `health` is the monitor's; what it repeats is marked. */
function orderOf({ op, id, phase, part, fields }: LaunchStep): HelperOrder {
  const encoded: Record<string, FieldValue> = { step: id, phase };
  if (part !== undefined && phase !== "monitor") encoded["probe"] = 1;
  for (const [key, value] of Object.entries(fields)) encoded[key] = flagFields.has(key) ? bitsOf(value) : value;
  return { op, fields: encoded };
}

function bitsOf(value: FieldValue): number {
  return flagBits(typeof value === "object" ? value : [String(value)]);
}

/** One record from caller to helper while the payload runs. */
export function encodeRecord(op: string, fields: Readonly<Record<string, string | number>>): Buffer {
  return encodeRecords([{ op, fields }]);
}
