import { type CommandEntry, commandTable, groupTable } from "../commandTable.ts";
import type { Flag } from "../flags/flag.ts";
import { type GlobalDraft, globalFlags } from "../globalFlags.ts";
import { valuesOf } from "./flagValues.ts";
import { type Place, placeOf } from "./wordKinds.ts";

/** A word that can stand where the cursor is. */
export interface Candidate {
  readonly word: string;
  /** What it is, for shells that show it. */
  readonly text: string;
}

/** What can stand where the cursor is: words, and kinds of names that somebody has to look up. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly place: Place;
  /** What is already written of the word before the part that is being completed: `--network=`. */
  readonly prefix: string;
  /** The words that call the command. */
  readonly command: string;
  /** The flags before the command. */
  readonly globals: GlobalDraft;
}

const nowhere: Place = { kinds: [], words: [] };

/**
 * Says what can stand at the last of these words, which follow the name of the program and of which the last may be empty. Reads
 * tables only; what is wrong in the words before is passed over.
 */
export async function completeWords(words: readonly string[]): Promise<Completion> {
  const globals: GlobalDraft = { insecureRegistries: [] };
  const partial = words.at(-1) ?? "";
  const flags = globalFlags as readonly Flag<never>[]; // their drafts are of no interest here
  const root = walk(words.slice(0, -1), flags, { stopsAtArgument: true });
  for (const { flag, value } of root.given) takeQuietly(flag, value, globals);
  const known = { command: "", globals };
  if (root.args.length === 0) {
    return {
      ...known,
      ...completeHere(root, partial, { flags, command: "", place: { kinds: ["command"], words: [] } }),
    };
  }
  const found = findEntry(root.args);
  if (found.entry === undefined) return { ...known, candidates: found.next, place: nowhere, prefix: "" };
  const loaded = await found.entry.load();
  const { stopsAtArgument = false } = loaded;
  const walked = walk(root.args.slice(found.used), loaded.flags, { stopsAtArgument });
  const command = found.entry.words;
  const own = { flags: loaded.flags, command };
  const place = placeOf(loaded, walked.args.length);
  // What follows the first argument is the container's own command line.
  if (stopsAtArgument && walked.args.length > 0) {
    return { ...known, command, candidates: [], place: nowhere, prefix: "" };
  }
  return { ...known, command, ...completeHere(walked, partial, { ...own, place }) };
}

interface Walked {
  readonly given: readonly { readonly flag: Flag<never>; readonly value: string }[];
  readonly args: readonly string[];
  /** The flag whose value the next word is. */
  readonly waiting?: Flag<never>;
  readonly endOfFlags: boolean;
}

/** Goes over the words before the cursor as the parser would. */
function walk(
  words: readonly string[],
  flags: readonly Flag<never>[],
  { stopsAtArgument }: { stopsAtArgument: boolean },
): Walked {
  const given: { flag: Flag<never>; value: string }[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (word === "--") return { given, args: words.slice(index + 1), endOfFlags: true };
    if (!word.startsWith("-") || word === "-") {
      if (stopsAtArgument) return { given, args: words.slice(index), endOfFlags: true };
      const rest = walk(words.slice(index + 1), flags, { stopsAtArgument });
      return { ...rest, given: [...given, ...rest.given], args: [word, ...rest.args] };
    }
    const { flag, value } = readFlag(word, flags);
    if (flag === undefined) continue;
    if (flag.value === undefined || value !== undefined) given.push({ flag, value: value ?? "true" });
    else if (index + 1 === words.length) return { given, args: [], waiting: flag, endOfFlags: false };
    else {
      index += 1;
      given.push({ flag, value: words[index] ?? "" });
    }
  }
  return { given, args: [], endOfFlags: false };
}

/** `--name`, `--name=value`, `-n`, `-nvalue`, `-abn`: the last flag of the word, and its value where that is in it. */
function readFlag(
  word: string,
  flags: readonly Flag<never>[],
): { readonly flag?: Flag<never>; readonly value?: string } {
  if (word.startsWith("--")) {
    const [name = "", ...value] = word.slice(2).split("=");
    const flag = flags.find(({ long }) => long === name);
    return { ...(flag === undefined ? {} : { flag }), ...(value.length === 0 ? {} : { value: value.join("=") }) };
  }
  for (let index = 1; index < word.length; index += 1) {
    const flag = flags.find(({ short }) => short === word[index]);
    if (flag === undefined) return {};
    const value = word.slice(index + 1).replace(/^=/, "");
    if (flag.value !== undefined) return { flag, ...(value === "" ? {} : { value }) };
    if (index + 1 === word.length) return { flag };
  }
  return {};
}

interface Own {
  readonly flags: readonly Flag<never>[];
  readonly command: string;
  /** What stands there that is no flag. */
  readonly place: Place;
}

function completeHere(
  { waiting, endOfFlags, given }: Walked,
  partial: string,
  { flags, command, place }: Own,
): Pick<Completion, "candidates" | "place" | "prefix"> {
  if (waiting !== undefined) return { candidates: [], place: valuesOf(waiting, command), prefix: "" };
  if (endOfFlags || !partial.startsWith("-")) {
    return { candidates: place.kinds.includes("command") ? topWords() : [], place, prefix: "" };
  }
  const assigned = /^(--[^=]+=)/.exec(partial)?.[1];
  if (assigned !== undefined) {
    const flag = flags.find(({ long }) => `--${long}=` === assigned);
    return { candidates: [], place: flag === undefined ? nowhere : valuesOf(flag, command), prefix: assigned };
  }
  const used = new Set(given.filter(({ flag }) => flag.repeatable !== true).map(({ flag }) => flag.long));
  const offered = flags.filter(({ long, unsupported }) => unsupported === undefined && !used.has(long));
  return { candidates: offered.flatMap(flagCandidates), place: nowhere, prefix: "" };
}

function flagCandidates({ long, short, text }: Flag<never>): readonly Candidate[] {
  return [...(short === undefined ? [] : [{ word: `-${short}`, text }]), { word: `--${long}`, text }];
}

/** Commands and groups that stand alone, without those that only brig itself calls. */
function topWords(): readonly Candidate[] {
  const commands = commandTable.filter(({ words, hidden }) => !words.includes(" ") && hidden !== true);
  return [
    ...commands.map(({ words, summary }) => ({ word: words, text: summary })),
    ...groupTable.map(({ word, summary }) => ({ word, text: summary })),
  ];
}

/** The command that the words call and how many of them do so; else what can follow a group. */
function findEntry(words: readonly string[]): {
  readonly entry?: CommandEntry;
  readonly used: number;
  readonly next: readonly Candidate[];
} {
  const [first = "", second = ""] = words;
  const named = (entry: CommandEntry, name: string) => {
    const group = entry.words.slice(0, entry.words.lastIndexOf(" ") + 1);
    return entry.words === name || (entry.aliases ?? []).some((alias) => `${group}${alias}` === name);
  };
  const single = commandTable.find((entry) => named(entry, first));
  if (single !== undefined) return { entry: single, used: 1, next: [] };
  const pair = commandTable.find((entry) => named(entry, `${first} ${second}`));
  if (pair !== undefined) return { entry: pair, used: 2, next: [] };
  if (words.length > 1) return { used: 0, next: [] };
  const members = commandTable.filter((entry) => entry.words.startsWith(`${first} `) && entry.hidden !== true);
  return {
    used: 0,
    next: members.map((entry) => ({ word: entry.words.slice(first.length + 1), text: entry.summary })),
  };
}

/** The user is still typing: a value that cannot be is told when the command is given. */
function takeQuietly(flag: Flag<never>, value: string, draft: GlobalDraft): void {
  try {
    (flag as Flag<GlobalDraft>).read?.(draft, value);
  } catch {
    // it will be told then
  }
}
