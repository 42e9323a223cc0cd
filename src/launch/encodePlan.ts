import { flagBits, flagFields } from "./flagBits.ts";
import type { FieldValue, LaunchPlan, LaunchStep } from "./plan.ts";

/**
 * The bytes of a plan as the helper reads them: one record a step, NUL-terminated strings and an empty one at its end
 * (native/record.h), and the record `end` after the last. `why` and `doc` stay here.
 *
 * @throws Error for a NUL in a field: whoever parsed that word must have refused it.
 */
export function encodePlan(plan: Pick<LaunchPlan, "steps">): Buffer {
  const strings = [...plan.steps.flatMap(stepStrings), "end", ""];
  for (const text of strings) {
    if (text.includes("\0")) throw new Error(`a NUL in a field of the plan: ${JSON.stringify(text.slice(0, 80))}`);
  }
  return Buffer.from(`${strings.join("\0")}\0`);
}

function stepStrings({ op, id, phase, fields }: LaunchStep): string[] {
  const encoded = Object.entries(fields).flatMap(([key, value]) => {
    const values = valuesOf(value);
    return flagFields.has(key) ? [`${key}=${flagBits(values)}`] : values.map((one) => `${key}=${one}`);
  });
  return [op, `step=${id}`, `phase=${phase}`, ...encoded, ""];
}

function valuesOf(value: FieldValue): readonly string[] {
  return typeof value === "object" ? value : [String(value)];
}

/** One record from caller to helper while the payload runs. */
export function encodeRecord(op: string, fields: Readonly<Record<string, string | number>>): Buffer {
  return Buffer.from([op, ...Object.entries(fields).map(([key, value]) => `${key}=${value}`), "", ""].join("\0"));
}
