import type { BoundFlag } from "../flags/flag.ts";

/** The argument vector in the spelling that commander reads, and what is wrong with the words after it. */
export interface Respelled {
  readonly words: readonly string[];
  readonly wrong?: FlagMistake;
}

export type FlagMistake =
  | { readonly kind: "unknown" | "needsValue"; readonly flag: string; readonly group?: string }
  | { readonly kind: "badSyntax"; readonly word: string }
  | { readonly kind: "notBoolean"; readonly flag: BoundFlag; readonly value: string };

/** What flags a command has, and whether they may stand after its first argument. */
export interface FlagGrammar {
  readonly byLong: ReadonlyMap<string, BoundFlag>;
  readonly byShort: ReadonlyMap<string, BoundFlag>;
  readonly stopsAtArgument: boolean;
}

/** Go's strconv.ParseBool. */
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((word) => [word, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((word) => [word, false] as const),
]);

/**
 * Docker's flags (spf13/pflag) have spellings that commander reads otherwise or not at all: `-m=64m`, `-it=false`,
 * `--init=0`, `-1` as an unknown flag. This gives commander `-m 64m`, `-i --tty=false`, `--init=false`; everything
 * else stays as it is. At the first mistake the words end, so that commander has read all values before it.
 */
export function respell(argv: readonly string[], grammar: FlagGrammar): Respelled {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--") return { words: [...words, ...argv.slice(at)] };
    if (word.length < 2 || !word.startsWith("-")) {
      if (grammar.stopsAtArgument) return { words: [...words, ...argv.slice(at)] };
      words.push(word);
      continue;
    }
    const read = word.startsWith("--") ? respellLong(word, grammar) : respellShorts(word, grammar);
    words.push(...read.words);
    if (read.wrong !== undefined) return { words, wrong: read.wrong };
    if (read.wants === undefined) continue;
    at += 1;
    const value = argv[at];
    if (value === undefined) return { words: words.slice(0, -1), wrong: read.wants };
    words.push(value);
  }
  return { words };
}

interface OneWord extends Respelled {
  /** The last of `words` is a flag that takes the next word as its value; this is the mistake if there is none. */
  readonly wants?: FlagMistake;
}

function respellLong(word: string, { byLong }: FlagGrammar): OneWord {
  const equals = word.indexOf("=");
  const name = word.slice(2, equals === -1 ? undefined : equals);
  if (name === "" || name.startsWith("-")) return { words: [], wrong: { kind: "badSyntax", word } };
  const flag = byLong.get(name);
  if (flag === undefined) return { words: [], wrong: { kind: "unknown", flag: `--${name}` } };
  if (equals !== -1) return flag.value === undefined ? respellSwitch(flag, word.slice(equals + 1)) : { words: [word] };
  return flag.value === undefined
    ? { words: [word] }
    : { words: [word], wants: { kind: "needsValue", flag: `--${name}` } };
}

function respellShorts(group: string, { byShort }: FlagGrammar): OneWord {
  const words: string[] = [];
  for (let rest = group.slice(1); rest !== ""; rest = rest.slice(1)) {
    const letter = rest[0] ?? "";
    const flag = byShort.get(letter);
    const left = { flag: letter, group: `-${rest}` };
    if (flag === undefined) return { words, wrong: { kind: "unknown", ...left } };
    const assigned = rest[1] === "=";
    if (flag.value !== undefined) {
      if (rest.length === 1) return { words: [...words, `-${letter}`], wants: { kind: "needsValue", ...left } };
      return { words: [...words, `-${letter}`, rest.slice(assigned ? 2 : 1)] };
    }
    if (assigned) {
      const read = respellSwitch(flag, rest.slice(2));
      return { ...read, words: [...words, ...read.words] };
    }
    words.push(`-${letter}`);
  }
  return { words };
}

function respellSwitch(flag: BoundFlag, value: string): OneWord {
  if (flag.alsoTakes?.includes(value) === true) return { words: [`--${flag.long}=${value}`] };
  const on = booleans.get(value);
  if (on === undefined) return { words: [], wrong: { kind: "notBoolean", flag, value } };
  return { words: [on ? `--${flag.long}` : `--${flag.long}=false`] };
}
