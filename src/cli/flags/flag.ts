/**
 * One flag of a command. A table of these feeds the parser, `--help`, the reference page and the comparison with
 * Docker; `Draft` is what the command gathers while its flags are read.
 */
export interface Flag<Draft> {
  readonly long: string;
  readonly short?: string;
  /** The word for the value in `--help`. Absent: a switch, which takes no value but `--flag=false`. */
  readonly value?: string;
  /** Words that a switch takes beside true and false: `--flag=auto`. */
  readonly alsoTakes?: readonly string[];
  readonly repeatable?: boolean;
  /** Our own words. */
  readonly text: string;
  /** What holds when the flag is not given, as `--help` shows it. */
  readonly fallback?: string;
  readonly hidden?: boolean;
  /** The flag of a later release, or one that no Linux engine can serve: giving it is an error with this reason. */
  readonly unsupported?: string;
  /** The flag has no effect: giving it is a warning with this reason. */
  readonly ignored?: string;
  /** Takes the value in; `true` and `false` for a switch. Throws EngineError for a value that cannot be. */
  readonly read?: (draft: Draft, value: string) => void;
}

/** A flag that is bound to the draft of one invocation. */
export interface BoundFlag extends Pick<Flag<never>, "long" | "short" | "value" | "alsoTakes"> {
  take(value: string): void;
}

/** What every command offers. */
export interface Help {
  help?: boolean;
}

/** `-m, --memory`, as messages name a flag. */
export function flagName({ long, short }: Pick<Flag<never>, "long" | "short">): string {
  return short === undefined ? `--${long}` : `-${short}, --${long}`;
}
