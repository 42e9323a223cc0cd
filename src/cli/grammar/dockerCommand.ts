import { Command, Option, type ParseOptionsResult } from "commander";
import { EngineError, nearestWord } from "../../base/index.ts";
import { type BoundFlag, flagName } from "../flags/flag.ts";
import { type FlagGrammar, type FlagMistake, respell } from "./respell.ts";
import { WrongUsage } from "./wrongUsage.ts";

/** How a command is called and written about. */
export interface CommandFace {
  /** `brig image ls`. */
  readonly path: string;
  /** `brig image ls [OPTIONS] [REPOSITORY[:TAG]]`. */
  readonly usage: string;
  /** Whether everything after the first argument belongs to that argument. */
  readonly stopsAtArgument: boolean;
}

/** A command of commander that reads flags as Docker's client does and complains in its words. */
export class DockerCommand extends Command {
  #face: CommandFace = { path: "", usage: "", stopsAtArgument: false };
  #byLong = new Map<string, BoundFlag>();
  #byShort = new Map<string, BoundFlag>();

  override createCommand(name?: string): DockerCommand {
    return new DockerCommand(name);
  }

  /** Gives the command its flags. Each value goes to its flag as soon as it is read, in the order of the words. */
  wear(face: CommandFace, flags: readonly BoundFlag[]): this {
    this.#face = face;
    this.helpOption(false).helpCommand(false).allowExcessArguments().passThroughOptions(face.stopsAtArgument);
    for (const flag of flags) {
      this.#byLong.set(flag.long, flag);
      if (flag.short !== undefined) this.#byShort.set(flag.short, flag);
    }
    return this;
  }

  override parseOptions(argv: string[]): ParseOptionsResult {
    const grammar: FlagGrammar = { ...this.#face, byLong: this.#byLong, byShort: this.#byShort };
    const { words, wrong } = respell(argv, grammar);
    for (const flag of this.#saidIn(words)) this.#register(flag);
    const parsed = super.parseOptions([...words]);
    if (wrong !== undefined) throw this.#complain(wrong);
    return parsed;
  }

  /** Commander compares each new option with all others: a hundred that nobody uses would cost every start. */
  #saidIn(words: readonly string[]): ReadonlySet<BoundFlag> {
    const said = new Set<BoundFlag>();
    for (const word of words) {
      const name = word.startsWith("--") ? word.slice(2).split("=", 1)[0] : undefined;
      const flag = name === undefined ? this.#byShort.get(word.slice(1)) : this.#byLong.get(name);
      if (flag !== undefined) said.add(flag);
    }
    return said;
  }

  #register(flag: BoundFlag): void {
    const names = flag.short === undefined ? `--${flag.long}` : `-${flag.short}, --${flag.long}`;
    this.addOption(new Option(flag.value === undefined ? names : `${names} <${flag.value}>`));
    this.on(`option:${flag.long}`, (value: string | undefined) => this.#take(flag, value ?? "true"));
    if (flag.value !== undefined) return;
    for (const value of ["false", ...(flag.alsoTakes ?? [])]) {
      this.addOption(new Option(`--${flag.long}=${value}`));
      this.on(`option:${flag.long}=${value}`, () => this.#take(flag, value));
    }
  }

  #take(flag: BoundFlag, value: string): void {
    try {
      flag.take(value);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== "invalidValue") throw error;
      const { path: command, usage } = this.#face;
      const message = describeInvalid(flag, value, error.message);
      throw new WrongUsage(message, { exitStatus: 125, command, usage, hint: error.hint });
    }
  }

  #complain(mistake: FlagMistake): WrongUsage {
    const { path: command, usage } = this.#face;
    return new WrongUsage(describeMistake(mistake), {
      exitStatus: 125,
      command,
      usage,
      hint: mistake.kind === "unknown" ? this.#suggest(mistake.flag) : undefined,
    });
  }

  #suggest(flag: string): string | undefined {
    const near = flag.startsWith("--") ? nearestWord(flag.slice(2), [...this.#byLong.keys()]) : undefined;
    return near === undefined ? undefined : `did you mean "--${near}"?`;
  }
}

function describeMistake(mistake: FlagMistake): string {
  switch (mistake.kind) {
    case "unknown":
      return mistake.group === undefined
        ? `unknown flag: ${mistake.flag}`
        : `unknown shorthand flag: '${mistake.flag}' in ${mistake.group}`;
    case "needsValue":
      return mistake.group === undefined
        ? `flag needs an argument: ${mistake.flag}`
        : `flag needs an argument: '${mistake.flag}' in ${mistake.group}`;
    case "badSyntax":
      return `bad flag syntax: ${mistake.word}`;
    case "notBoolean": {
      const { value, flag } = mistake;
      return describeInvalid(flag, value, `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
    }
  }
}

function describeInvalid(flag: BoundFlag, value: string, reason: string): string {
  return `invalid argument ${JSON.stringify(value)} for "${flagName(flag)}" flag: ${reason}`;
}
