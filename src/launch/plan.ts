/**
 * Where a step runs. `monitor`: the process that stays with the container, which only reads it. `host`: the helper itself, in a private mount namespace, with the caller's ids and capabilities.
 * `child`: the container's first process, inside the new namespaces, as the root that the user namespace maps.
 * `init`: the same process, giving up what the payload must not have, up to its execve(2).
 * `links`, `ports`: processes beside the host phase, which begins them and waits for them.
 * `end`: the monitor, after every end of the payload and after every start that failed; a failure ends the phase only.
 */
export type LaunchPhase = "monitor" | "host" | "links" | "ports" | "child" | "init" | "end";

export type FieldValue = string | number | readonly string[];

/**
 * One operation of the native helper. `op` is the name of an OPERATION in native/operations_*.c, `fields` are its
 * arguments; nothing else reaches the helper. `why` and `doc` are for people and stay on this side.
 */
export interface LaunchStep {
  readonly id: string;
  readonly phase: LaunchPhase;
  /** Of the probe that the monitor repeats, not of the container's own start. */
  readonly part?: "probe";
  readonly op: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** One sentence: the reason for this step, or the flag that asked for it. */
  readonly why: string;
  /** Where to read about it: `mount_setattr(2)`. */
  readonly doc?: string;
}

/** Everything the helper will do to start one container, in order. */
export interface LaunchPlan {
  readonly version: 1;
  readonly steps: readonly LaunchStep[];
  /** What could not be done as asked and how the plan differs from the request, one sentence each; shown to the user. */
  readonly notices: readonly string[];
}

export type MakeStep = (
  id: string,
  op: string,
  fields: Readonly<Record<string, FieldValue>>,
  texts: Pick<LaunchStep, "why" | "doc">,
) => LaunchStep;

/** Makes the steps of one phase. */
export function stepsOf(phase: LaunchPhase): MakeStep {
  return (id, op, fields, texts) => ({ id, phase, op, fields, ...texts });
}
