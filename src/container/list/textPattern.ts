/**
 * A pattern in the part of Go's regular expressions that names are searched with: `^`, `$`, `.`, `[a-z]`, `[^a]`, `*`,
 * `+`, `?`, `|` between whole patterns and `\` before a character. What it does not know (groups, counts) stands for
 * itself. Matching takes time in proportion to the text times the pattern, whatever they are.
 */
export type TextPattern = (text: string) => boolean;

interface Token {
  readonly fits: (character: string) => boolean;
  readonly least: 0 | 1;
  readonly repeats: boolean;
}

interface Sequence {
  readonly tokens: readonly Token[];
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

const longestPattern = 1024;

/** Whether some part of a text fits the pattern. An empty pattern fits everything; one that is too long, nothing. */
export function compileTextPattern(source: string): TextPattern {
  if (source.length > longestPattern) return () => false;
  const sequences = readSequences(source);
  return (text) => sequences.some((sequence) => fitsSomewhere(sequence, [...text]));
}

function readSequences(source: string): readonly Sequence[] {
  const sequences: Sequence[] = [];
  const characters = [...source];
  let at = 0;
  while (at <= characters.length) {
    const read = readSequence(characters, at);
    sequences.push(read.sequence);
    at = read.end + 1;
  }
  return sequences;
}

function readSequence(
  characters: readonly string[],
  start: number,
): { readonly sequence: Sequence; readonly end: number } {
  const tokens: Token[] = [];
  let at = start;
  const fromStart = characters[at] === "^";
  if (fromStart) at += 1;
  let toEnd = false;
  while (at < characters.length && characters[at] !== "|") {
    const last = characters[at + 1] === undefined || characters[at + 1] === "|";
    if (characters[at] === "$" && last) {
      toEnd = true;
      at += 1;
      continue;
    }
    const atom = readAtom(characters, at);
    const count = characters[atom.end];
    const counted = count === "*" || count === "+" || count === "?";
    tokens.push({
      fits: atom.fits,
      least: count === "*" || count === "?" ? 0 : 1,
      repeats: count === "*" || count === "+",
    });
    at = atom.end + (counted ? 1 : 0);
  }
  return { sequence: { tokens, fromStart, toEnd }, end: at };
}

interface Atom {
  readonly fits: Token["fits"];
  readonly end: number;
}

function readAtom(characters: readonly string[], at: number): Atom {
  const character = characters[at] ?? "";
  if (character === ".") return { fits: () => true, end: at + 1 };
  if (character === "[") {
    const set = readSet(characters, at + 1);
    if (set !== undefined) return set;
  }
  const escaped = character === "\\" ? characters[at + 1] : undefined;
  const wanted = escaped ?? character;
  return { fits: (found) => found === wanted, end: at + (escaped === undefined ? 1 : 2) };
}

/** Undefined for a set that is not closed. */
function readSet(characters: readonly string[], start: number): Atom | undefined {
  const negated = characters[start] === "^";
  const from = negated ? start + 1 : start;
  const end = characters.indexOf("]", from + 1);
  if (end === -1) return undefined;
  const ranges: (readonly [string, string])[] = [];
  for (let at = from; at < end; at += 1) {
    const [low = "", dash, high] = characters.slice(at, at + 3);
    const isRange = dash === "-" && high !== undefined && at + 2 < end;
    ranges.push([low, isRange ? high : low]);
    if (isRange) at += 2;
  }
  const has = (found: string) => ranges.some(([low, high]) => low <= found && found <= high);
  return { fits: (found) => has(found) !== negated, end: end + 1 };
}

/** Follows all ways through the tokens at once (Thompson's construction): a set of positions, one step a character. */
function fitsSomewhere({ tokens, fromStart, toEnd }: Sequence, text: readonly string[]): boolean {
  const begin = skipOptional(tokens, new Set([0]));
  let positions: ReadonlySet<number> = begin;
  const finished = () => positions.has(tokens.length);
  for (const character of text) {
    if (finished() && !toEnd) return true;
    const next = new Set<number>();
    for (const position of positions) {
      const token = tokens[position];
      if (token === undefined || !token.fits(character)) continue;
      next.add(position + 1);
      if (token.repeats) next.add(position);
    }
    positions = skipOptional(tokens, fromStart ? next : new Set([...begin, ...next]));
  }
  return finished();
}

function skipOptional(tokens: readonly Token[], positions: ReadonlySet<number>): ReadonlySet<number> {
  const reached = new Set(positions);
  // A set is walked in the order of insertion, what is added on the way included.
  for (const position of reached) if (tokens[position]?.least === 0) reached.add(position + 1);
  return reached;
}
