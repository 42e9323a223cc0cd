/**
 * Splits the arguments of a Dockerfile instruction into words: quotes keep blanks, a backslash the next character, and
 * `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME:+word}` stand for variables outside single quotes. Linear.
 */
export function splitWords(text: string, variables: ReadonlyMap<string, string>): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === "" && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === quote) {
      quote = "";
    } else if (quote === "" && (character === '"' || character === "'")) {
      quote = character;
      word ??= "";
    } else if (character === "\\" && quote !== "'" && at + 1 < text.length) {
      at += 1;
      const kept = quote === '"' && !'"\\$'.includes(text.charAt(at)) ? "\\" : "";
      word = `${word ?? ""}${kept}${text.charAt(at)}`;
    } else if (character === "$" && quote !== "'") {
      const { value, end } = expand(text, at, variables);
      word = `${word ?? ""}${value}`;
      at = end - 1;
    } else {
      word = `${word ?? ""}${character}`;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

interface Expansion {
  readonly value: string;
  /** Behind what stood for it. */
  readonly end: number;
}

function expand(text: string, at: number, variables: ReadonlyMap<string, string>): Expansion {
  const braced = text.charAt(at + 1) === "{";
  const start = at + (braced ? 2 : 1);
  let end = start;
  while (end < text.length && /[A-Za-z0-9_]/.test(text.charAt(end))) end += 1;
  const name = text.slice(start, end);
  const value = variables.get(name) ?? "";
  if (!braced) return name === "" ? { value: "$", end: at + 1 } : { value, end };
  const close = text.indexOf("}", end);
  if (close < 0) return { value: "$", end: at + 1 };
  const operator = text.slice(end, end + 2);
  const other = text.slice(end + 2, close);
  if (operator === ":-") return { value: value === "" ? other : value, end: close + 1 };
  if (operator === ":+") return { value: value === "" ? "" : other, end: close + 1 };
  return { value, end: close + 1 };
}
