import { envName, type FlagEffects } from "../container/index.ts";
import type { FieldValue, StepChange } from "../launch/index.ts";

/** Fields of steps that hold variables of the payload's environment. */
const variableFields: ReadonlySet<string> = new Set(["env"]);

/** What the flags change, with the names of variables instead of their values. */
export function withoutValues({ effects, whole }: FlagEffects): FlagEffects {
  return {
    effects: effects.map((effect) => ({ ...effect, changes: effect.changes.map(hideInChange) })),
    whole: { ...whole, changes: whole.changes.map(hideInChange) },
  };
}

function hideInChange(change: StepChange): StepChange {
  const step = { ...change.step, fields: hideInFields(change.step.fields) };
  if (change.change !== "changed") return { ...change, step };
  const fields = change.fields.map((field) => {
    if (!variableFields.has(field.field)) return field;
    return {
      field: field.field,
      ...(field.before === undefined ? {} : { before: namesOf(field.before) }),
      ...(field.after === undefined ? {} : { after: namesOf(field.after) }),
    };
  });
  return { ...change, step, fields };
}

function hideInFields(fields: Readonly<Record<string, FieldValue>>): Readonly<Record<string, FieldValue>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, variableFields.has(name) ? namesOf(value) : value]),
  );
}

function namesOf(value: FieldValue): FieldValue {
  return typeof value === "object" ? value.map(envName) : "…";
}

/**
 * A line of an image's history without the values of variables: `ENV KEY=value`, `ARG KEY=value` as builders write them,
 * and `RUN |1 KEY=value command`, which carries the arguments of the build.
 */
export function withoutVariables(line: string): string {
  const instruction = /^(?:\/bin\/sh -c #\(nop\) +)?(ENV|ARG) /.exec(line);
  if (instruction !== null) return `${instruction[1]} ${namesIn(line.slice(instruction[0].length)).join(" ")}`;
  const run = /^(?:RUN )?\|(\d{1,3}) /.exec(line);
  if (run === null) return line;
  const rest = line.slice(run[0].length);
  const command = rest.indexOf(" /bin/sh -c ");
  const names = namesIn(command < 0 ? rest : rest.slice(0, command));
  return `RUN |${run[1]} ${names.join(" ")}${command < 0 ? "" : rest.slice(command)}`;
}

/** The words before an equals sign; the old form `ENV KEY value` has none and is its first word. */
function namesIn(text: string): readonly string[] {
  const names = [...text.slice(0, 10_000).matchAll(/(?:^|\s)([A-Za-z_][A-Za-z0-9_.-]{0,200})=/g)].flatMap(
    ([, name]) => name ?? [],
  );
  return (names.length > 0 ? names : [text.split(" ", 1)[0] ?? ""]).map((name) => `${name}=…`);
}
