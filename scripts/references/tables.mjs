// The tables of the program that the reference pages are made of, from a bundle of their sources.
import { importSources } from "../steps/importSources.mjs";

const entry = `
export { commandTable, groupTable } from "./src/cli/commandTable.ts";
export { globalFlags } from "./src/cli/globalFlags.ts";
export { errorKinds } from "./src/base/errors.ts";
`;

/** Resolves with the tables; each command with what its `load` brings, as `loaded`. */
export async function readTables() {
  const { commandTable, groupTable, globalFlags, errorKinds } = await importSources(entry);
  const shown = commandTable.filter(({ hidden }) => hidden !== true);
  const commands = await Promise.all(shown.map(async (command) => ({ ...command, loaded: await command.load() })));
  return { commands, groups: groupTable, globalFlags, errorKinds };
}

/** Every command once, under its first name, by name; with all its names. */
export function mainCommands({ commands }) {
  return commands
    .filter(({ sameAs }) => sameAs === undefined)
    .map((command) => ({ ...command, names: namesOf(command, commands) }))
    .sort((one, other) => (one.words < other.words ? -1 : 1));
}

function namesOf({ words }, commands) {
  return commands
    .filter((command) => command.words === words || command.sameAs === words)
    .flatMap((command) => {
      const group = command.words.slice(0, command.words.lastIndexOf(" ") + 1);
      return [command.words, ...(command.aliases ?? []).map((alias) => `${group}${alias}`)];
    });
}

/** The flags that `--help` shows, by name. */
export function shownFlags(flags) {
  return flags.filter(({ hidden }) => hidden !== true).toSorted((one, other) => (one.long < other.long ? -1 : 1));
}

/** What a flag does, with what holds without it or why it cannot be given. */
export function flagText({ text, fallback, unsupported, ignored, alsoTakes }) {
  const words = alsoTakes === undefined ? text : `${text} (also: ${alsoTakes.join(", ")})`;
  if (unsupported !== undefined) return `${words} (not available: ${unsupported})`;
  if (ignored !== undefined) return `${words} (no effect: ${ignored})`;
  return fallback === undefined ? words : `${words} (default ${fallback})`;
}
