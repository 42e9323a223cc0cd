import type { Limits, RunOptions } from "../../container/index.ts";
import type { CommandContext } from "../context.ts";
import type { Help } from "./flag.ts";

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

export type OptionsDraft = Mutable<Omit<RunOptions, "image" | "command" | "limits">>;
type HealthDraft = NonNullable<RunOptions["health"]>;
export type LimitsDraft = Mutable<Limits>;

/** What `run` gathers from its flags. */
export interface RunDraft extends Help {
  readonly options: OptionsDraft;
  readonly limits: LimitsDraft;
  /** Read after all flags; what they hold comes before `--env` and `--label`. */
  readonly envFiles: string[];
  readonly labelFiles: string[];
  readonly caller: Pick<CommandContext, "cwd" | "env">;
  quiet?: boolean;
  /** `verify`: by a system-call trace, too. */
  explain?: boolean | "verify";
  step?: boolean;
  /** What `--break` said, as it was written. */
  readonly breaks: string[];
  detach?: boolean;
  sigProxy?: boolean;
}

export function beginRunDraft({ cwd, env }: CommandContext): RunDraft {
  return { options: {}, limits: {}, envFiles: [], labelFiles: [], breaks: [], caller: { cwd, env } };
}

type Read = (draft: RunDraft, text: string) => void;

type Members<Source, Value> = {
  [Key in keyof Source]-?: NonNullable<Source[Key]> extends Value ? Key : never;
}[keyof Source];

type ElementOf<List> = List extends readonly (infer Element)[] ? Element : never;

/** Stores one parsed value; the last one wins. */
export function option<Key extends keyof OptionsDraft>(
  key: Key,
  parse: (text: string, caller: RunDraft["caller"]) => NonNullable<OptionsDraft[Key]>,
): Read {
  return (draft, text) => {
    draft.options[key] = parse(text, draft.caller);
  };
}

/** Stores a text as it is. */
export function text<Key extends Members<OptionsDraft, string>>(key: Key): Read {
  return (draft, value) => Object.assign(draft.options, { [key]: value });
}

/** Stores whether a switch is on. */
export function onOff<Key extends Members<OptionsDraft, boolean>>(key: Key): Read {
  return (draft, value) => Object.assign(draft.options, { [key]: value === "true" });
}

/** Appends one parsed value to a list. */
export function each<Key extends Members<OptionsDraft, readonly unknown[]>>(
  key: Key,
  parse: (text: string, caller: RunDraft["caller"]) => ElementOf<NonNullable<OptionsDraft[Key]>>,
): Read {
  return (draft, value) => append(draft.options, key, parse(value, draft.caller));
}

/** Appends every value that one text stands for to a list. */
export function eachOf<Key extends Members<OptionsDraft, readonly unknown[]>>(
  key: Key,
  parse: (text: string) => NonNullable<OptionsDraft[Key]> & readonly unknown[],
): Read {
  return (draft, value) => {
    for (const element of parse(value)) append(draft.options, key, element);
  };
}

/** Sets one key of a map. */
export function pair<Key extends Members<OptionsDraft, ReadonlyMap<string, string>>>(
  key: Key,
  parse: (text: string) => readonly [string, string],
): Read {
  return (draft, value) =>
    Object.assign(draft.options, { [key]: new Map([...(draft.options[key] ?? []), parse(value)]) });
}

/** Stores one word about health checks. */
export function health<Key extends keyof HealthDraft>(
  key: Key,
  parse: (text: string) => NonNullable<HealthDraft[Key]>,
): Read {
  return (draft, value) => {
    draft.options.health = { ...draft.options.health, [key]: parse(value) };
  };
}

/** Stores one limit. */
export function limit<Key extends keyof LimitsDraft>(
  key: Key,
  parse: (text: string) => NonNullable<LimitsDraft[Key]>,
): Read {
  return (draft, value) => {
    draft.limits[key] = parse(value);
  };
}

/** Appends one limit to a list of them. */
export function eachLimit<Key extends Members<LimitsDraft, readonly unknown[]>>(
  key: Key,
  parse: (text: string) => ElementOf<NonNullable<LimitsDraft[Key]>>,
): Read {
  return (draft, value) => append(draft.limits, key, parse(value));
}

/** The lists of a draft belong to it alone, so they grow in place. */
function append(holder: object, key: PropertyKey, element: unknown): void {
  const list: unknown = Reflect.get(holder, key);
  if (Array.isArray(list)) list.push(element);
  else Reflect.set(holder, key, [element]);
}
