import { nearestWord } from "../base/index.ts";
import type { Engine } from "../engine.ts";
import type { ArgumentCount, Invocation, LoadedCommand } from "./command.ts";
import { type CommandEntry, commandTable, groupTable } from "./commandTable.ts";
import type { CommandContext, Outcome } from "./context.ts";
import type { BoundFlag, Flag } from "./flags/flag.ts";
import { type GlobalDraft, globalFlags, readSettings } from "./globalFlags.ts";
import { DockerCommand } from "./grammar/dockerCommand.ts";
import { WrongUsage } from "./grammar/wrongUsage.ts";
import { reportFailure } from "./render/failure.ts";

/**
 * Runs one command line and returns the status to exit with. Everything that can go wrong is reported on stderr; only
 * bugs are thrown.
 */
export async function runCli(context: CommandContext): Promise<number> {
  const state: State = { context, globals: { insecureRegistries: [] }, runsPayload: false, status: 0 };
  try {
    await buildProgram(state).parseAsync([...context.argv], { from: "user" });
    return state.status;
  } catch (error) {
    // Whatever failed after an interruption failed because of it.
    const reason: unknown = context.signal.aborted ? context.signal.reason : error;
    return reportFailure(reason, { context, runsPayload: state.runsPayload, debug: state.globals.debug === true });
  }
}

interface State {
  readonly context: CommandContext;
  readonly globals: GlobalDraft;
  /** Set by the command that was chosen. */
  runsPayload: boolean;
  status: number;
}

const rootUsage = "brig [OPTIONS] COMMAND [ARG...]";

function buildProgram(state: State): DockerCommand {
  const root = new DockerCommand("brig");
  const flags = globalFlags.map((flag) => bindGlobal(flag, state.globals));
  root.enablePositionalOptions().wear({ path: "brig", usage: rootUsage, stopsAtArgument: true }, flags);
  root.argument("[words...]").action((words: readonly string[]) => atRoot(state, words));
  const groups = new Map<string, DockerCommand>();
  const said = new Set(state.context.argv);
  for (const { word } of groupTable) if (said.has(word)) groups.set(word, addGroup(root, word, state));
  for (const entry of commandTable) {
    const [first = "", second] = entry.words.split(" ");
    // What nobody said cannot be chosen, and a hundred commands that are not made are milliseconds that nobody waits.
    if (![second ?? first, ...(entry.aliases ?? [])].some((word) => said.has(word))) continue;
    const parent = second === undefined ? root : groups.get(first);
    if (parent !== undefined) addCommand(parent, entry, state);
  }
  return root;
}

function bindGlobal({ long, short, value, read }: Flag<GlobalDraft>, draft: GlobalDraft): BoundFlag {
  return {
    long,
    ...(short === undefined ? {} : { short }),
    ...(value === undefined ? {} : { value }),
    take: (text) => read?.(draft, text),
  };
}

function addGroup(root: DockerCommand, word: string, state: State): DockerCommand {
  const group = root.createCommand(word);
  root.addCommand(group);
  const wants = { help: false };
  const help: BoundFlag = { long: "help", short: "h", take: (text) => Object.assign(wants, { help: text === "true" }) };
  group
    .enablePositionalOptions()
    .wear({ path: `brig ${word}`, usage: `brig ${word} COMMAND`, stopsAtArgument: true }, [help]);
  group.argument("[words...]").action(async ([unknown]: readonly string[]) => {
    if (unknown !== undefined && !wants.help) throw unknownCommand(`brig ${word}`, unknown);
    const { groupHelp } = await import("./render/help.ts");
    (wants.help ? state.context.stdout : state.context.stderr).write(groupHelp(word, state.context.stdout.columns()));
  });
  return group;
}

/** The code and the flags of a command are loaded only after commander has chosen it. */
function addCommand(parent: DockerCommand, entry: CommandEntry, state: State): void {
  const name = entry.words.split(" ").at(-1) ?? "";
  const command = parent.createCommand(name).aliases(entry.aliases ?? []);
  parent.addCommand(command);
  parent.hook("preSubcommand", async (_parent, chosen) => {
    if (chosen !== command) return;
    const loaded = await entry.load();
    state.runsPayload = loaded.runsPayload ?? false;
    const path = `brig ${entry.words}`;
    const usage = `${path} ${loaded.usage}`.trimEnd();
    const invocation = loaded.start(state.context);
    command.wear({ path, usage, stopsAtArgument: loaded.stopsAtArgument ?? false }, invocation.flags);
    command
      .argument("[words...]")
      .action((words: readonly string[]) => execute({ entry, loaded, invocation, words }, state));
  });
}

interface Chosen {
  readonly entry: CommandEntry;
  readonly loaded: LoadedCommand;
  readonly invocation: Invocation;
  readonly words: readonly string[];
}

async function execute({ entry, loaded, invocation, words }: Chosen, state: State): Promise<void> {
  const { context, globals } = state;
  if (invocation.wantsHelp() || globals.help === true) {
    const { commandHelp } = await import("./render/help.ts");
    context.stdout.write(commandHelp(entry, loaded, context.stdout.columns()));
    return;
  }
  checkCount(words, loaded.arguments, { path: `brig ${entry.words}`, usage: loaded.usage });
  const openEngine = async (): Promise<Engine> => context.createEngine(await readSettings(globals, context));
  const outcome = await invocation.execute({ args: words, context, globals, openEngine });
  state.status = settle(outcome, state);
}

function settle({ output = "", failures = [], exitStatus }: Outcome, { context, runsPayload, globals }: State): number {
  if (output !== "") context.stdout.write(output);
  for (const failure of failures) reportFailure(failure, { context, runsPayload, debug: globals.debug === true });
  return exitStatus ?? (failures.length > 0 ? 1 : 0);
}

async function atRoot({ context, globals }: State, [unknown]: readonly string[]): Promise<void> {
  if (globals.version === true) {
    const { shortVersion } = await import("./commands/version.ts");
    context.stdout.write(await shortVersion(await context.createEngine(await readSettings(globals, context))));
    return;
  }
  if (unknown !== undefined && globals.help !== true) throw unknownCommand("brig", unknown);
  const { rootHelp } = await import("./render/help.ts");
  (globals.help === true ? context.stdout : context.stderr).write(rootHelp(context.stdout.columns()));
}

function unknownCommand(path: string, word: string): WrongUsage {
  const prefix = path === "brig" ? "" : `${path.slice("brig ".length)} `;
  const known = [
    ...commandTable.map(({ words }) => words),
    ...(prefix === "" ? groupTable.map((group) => group.word) : []),
  ]
    .filter((words) => words.startsWith(prefix))
    .map((words) => words.slice(prefix.length))
    .filter((words) => !words.includes(" "));
  const near = nearestWord(word, known);
  return new WrongUsage(`unknown command: ${path} ${word}`, {
    exitStatus: 1,
    command: path,
    hint: near === undefined ? undefined : `did you mean "${path} ${near}"?`,
  });
}

function checkCount(
  words: readonly string[],
  wanted: ArgumentCount,
  { path, usage }: { path: string; usage: string },
): void {
  const complaint = countComplaint(words.length, wanted);
  if (complaint === undefined) return;
  throw new WrongUsage(`'${path}' ${complaint}`, { exitStatus: 1, command: path, usage: `${path} ${usage}`.trimEnd() });
}

function countComplaint(count: number, wanted: ArgumentCount): string | undefined {
  if (wanted === "any") return undefined;
  if ("exactly" in wanted) {
    if (count === wanted.exactly) return undefined;
    return wanted.exactly === 0 ? "accepts no arguments" : `requires ${plural(wanted.exactly)}`;
  }
  if ("from" in wanted) {
    const fits = count >= wanted.from && count <= wanted.to;
    return fits ? undefined : `requires at least ${wanted.from} and at most ${plural(wanted.to)}`;
  }
  if ("atLeast" in wanted) return count >= wanted.atLeast ? undefined : `requires at least ${plural(wanted.atLeast)}`;
  return count <= wanted.atMost ? undefined : `requires at most ${plural(wanted.atMost)}`;
}

function plural(count: number): string {
  return count === 1 ? "1 argument" : `${count} arguments`;
}
