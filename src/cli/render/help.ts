import type { LoadedCommand } from "../command.ts";
import { type CommandEntry, commandTable, groupTable } from "../commandTable.ts";
import type { Flag } from "../flags/flag.ts";
import { globalFlags } from "../globalFlags.ts";

/** `brig --help`. */
export function rootHelp(columns: number): string {
  const topLevel = commandTable.filter(({ words, hidden }) => !words.includes(" ") && hidden !== true);
  return [
    "Usage:  brig [OPTIONS] COMMAND\n",
    "A container engine without a daemon, made to be read\n",
    section("Common Commands", topLevel.filter((entry) => entry.section === "common").map(listed)),
    section(
      "Management Commands",
      groupTable.map(({ word, summary }) => [word, summary] as const),
    ),
    section("Commands", topLevel.filter((entry) => entry.section === "other").map(listed)),
    flagSection("Global Options", globalFlags, columns),
    "Run 'brig COMMAND --help' for more information on a command.\n",
  ].join("\n");
}

/** `brig image --help`. */
export function groupHelp(word: string, _columns: number): string {
  const members = commandTable.filter(({ words }) => words.startsWith(`${word} `));
  return [
    `Usage:  brig ${word} COMMAND\n`,
    `${groupTable.find((group) => group.word === word)?.summary ?? ""}\n`,
    section(
      "Commands",
      members.map(({ words, summary }) => [words.slice(word.length + 1), summary] as const),
    ),
    `Run 'brig ${word} COMMAND --help' for more information on a command.\n`,
  ].join("\n");
}

/** `brig image ls --help`. */
export function commandHelp(entry: CommandEntry, { usage, flags }: LoadedCommand, columns: number): string {
  const names = namesOf(entry);
  return [
    `Usage:  brig ${entry.words} ${usage}\n`,
    `${entry.summary}\n`,
    ...(names.length > 1 ? [`Aliases:\n  ${names.map((words) => `brig ${words}`).join(", ")}\n`] : []),
    flagSection("Options", flags, columns),
  ].join("\n");
}

/** Every way to call the same command. */
function namesOf(entry: CommandEntry): readonly string[] {
  const main = entry.sameAs ?? entry.words;
  return commandTable
    .filter(({ words, sameAs }) => words === main || sameAs === main)
    .flatMap(({ words, aliases = [] }) => {
      const group = words.slice(0, words.lastIndexOf(" ") + 1);
      return [words, ...aliases.map((alias) => `${group}${alias}`)];
    })
    .toSorted();
}

function listed({ words, summary }: CommandEntry): readonly [string, string] {
  return [words, summary];
}

function section(title: string, lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...lines.map(([name]) => name.length));
  return `${title}:\n${lines.map(([name, text]) => `  ${name.padEnd(width)}   ${text}\n`).join("")}`;
}

/** The table of flags by name, each text wrapped beside its flag. */
function flagSection(title: string, flags: readonly Flag<never>[], columns: number): string {
  const shown = flags.filter(({ hidden }) => hidden !== true).toSorted((a, b) => (a.long < b.long ? -1 : 1));
  const lines = shown.map((flag) => [formatFlag(flag), explain(flag)] as const);
  const width = Math.max(0, ...lines.map(([flag]) => flag.length)) + 3;
  const room = Math.max(24, Math.min(columns, 120) - width - 2);
  const body = lines.map(
    ([flag, text]) => `  ${flag.padEnd(width)}${wrap(text, room).join(`\n${" ".repeat(width + 2)}`)}\n`,
  );
  return `${title}:\n${body.join("")}`;
}

function formatFlag({ short, long, value }: Flag<never>): string {
  return `${short === undefined ? "    " : `-${short}, `}--${long}${value === undefined ? "" : ` ${value}`}`;
}

function explain({ text, fallback, unsupported, ignored }: Flag<never>): string {
  if (unsupported !== undefined) return `${text} (not available: ${unsupported})`;
  if (ignored !== undefined) return `${text} (no effect: ${ignored})`;
  return fallback === undefined ? text : `${text} (default ${fallback})`;
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
