import { EngineError } from "../base/index.ts";
import type { Engine } from "../engine.ts";
import type { CommandContext, Outcome } from "./context.ts";
import type { BoundFlag, Flag, Help } from "./flags/flag.ts";
import type { GlobalDraft } from "./globalFlags.ts";

/** How many arguments a command takes, in Docker's ways of saying it. */
export type ArgumentCount =
  | { readonly exactly: number }
  | { readonly atLeast: number }
  | { readonly atMost: number }
  | { readonly from: number; readonly to: number }
  | "any";

/** What a command works with. */
export interface Call<Draft> {
  readonly draft: Draft;
  readonly args: readonly string[];
  readonly context: CommandContext;
  /** The flags before the command. */
  readonly globals: GlobalDraft;
  /** Opens the engine with the global flags; only then its code is loaded. */
  openEngine(): Promise<Engine>;
}

/** One verb: its words, its flags and what it does. */
export interface CommandDefinition<Draft extends Help> {
  /** What follows the name in the usage line: `[OPTIONS] IMAGE [COMMAND] [ARG...]`. */
  readonly usage: string;
  readonly arguments: ArgumentCount;
  /** Whether flags end at the first argument, because what follows belongs to a container. */
  readonly stopsAtArgument?: boolean;
  /** Failures of the engine end with 125, because 1 and others are statuses of the payload. */
  readonly runsPayload?: boolean;
  readonly flags: readonly Flag<Draft>[];
  /** What to gather before any flag was read. */
  begin(context: CommandContext): Draft;
  execute(call: Call<Draft>): Promise<Outcome>;
}

/** A command whose kind of draft is nobody else's business. */
export interface LoadedCommand
  extends Pick<CommandDefinition<Help>, "usage" | "arguments" | "stopsAtArgument" | "runsPayload"> {
  readonly flags: readonly Flag<never>[];
  /** Starts one invocation. */
  start(context: CommandContext): Invocation;
}

export interface Invocation {
  readonly flags: readonly BoundFlag[];
  /** Whether `--help` was among the flags. */
  wantsHelp(): boolean;
  execute(call: Omit<Call<never>, "draft">): Promise<Outcome>;
}

/** Closes a definition over the draft of its flags. */
export function defineCommand<Draft extends Help>(definition: CommandDefinition<Draft>): LoadedCommand {
  return {
    ...definition,
    start: (context) => {
      const draft = definition.begin(context);
      return {
        flags: definition.flags.map((flag) => bindFlag(flag, draft, context)),
        wantsHelp: () => draft.help === true,
        execute: (call) => definition.execute({ ...call, draft }),
      };
    },
  };
}

function bindFlag<Draft>(flag: Flag<Draft>, draft: Draft, { stderr }: CommandContext): BoundFlag {
  const { long, short, value, alsoTakes } = flag;
  return {
    long,
    ...(short === undefined ? {} : { short }),
    ...(value === undefined ? {} : { value }),
    ...(alsoTakes === undefined ? {} : { alsoTakes }),
    take: (text) => {
      // Switching off what is off anyway asks for nothing.
      if (flag.unsupported !== undefined && !(value === undefined && text === "false")) throw refusal(flag);
      if (flag.ignored !== undefined) stderr.write(`WARNING: --${long} has no effect: ${flag.ignored}\n`);
      flag.read?.(draft, text);
    },
  };
}

function refusal({ long, unsupported = "" }: Flag<never>): EngineError {
  return new EngineError("notOffered", `--${long} is not available: ${unsupported}`);
}
