/** One way to authenticate that a server offers (RFC 9110, "WWW-Authenticate"). */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Parameter names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const maximumHeaderLength = 8192;
const maximumParameters = 32;

/**
 * Parses the value of a WWW-Authenticate header, which may list several challenges. What does not fit the grammar ends
 * the list: nothing is guessed. One pass over at most 8 KiB.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const scanner = new Scanner(header.slice(0, maximumHeaderLength));
  for (;;) {
    scanner.skip(" \t,");
    const word = scanner.token();
    if (word === "") return challenges;
    scanner.skip(" \t");
    const current = challenges.at(-1);
    if (!scanner.take("=")) {
      challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
      continue;
    }
    scanner.skip(" \t");
    const value = scanner.value();
    if (value === undefined || current === undefined || current.parameters.size >= maximumParameters) return challenges;
    // The first of two equal names wins, so that a later one cannot replace what was read before.
    if (!current.parameters.has(word.toLowerCase())) current.parameters.set(word.toLowerCase(), value);
  }
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  skip(characters: string): void {
    while (this.#at < this.#text.length && characters.includes(this.#text.charAt(this.#at))) this.#at += 1;
  }

  take(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  token(): string {
    const start = this.#at;
    while (isTokenCharacter(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  /** A token or a quoted string; undefined when the quotes are not closed. */
  value(): string | undefined {
    if (!this.take('"')) return this.token();
    const parts: string[] = [];
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text.charAt(this.#at);
      if (character === '"') {
        this.#at += 1;
        return parts.join("");
      }
      if (character === "\\") this.#at += 1;
      parts.push(this.#text.charAt(this.#at));
    }
    return undefined;
  }
}

/** RFC 9110 "tchar", and the characters of token68 except "=". */
function isTokenCharacter(code: number): boolean {
  const isLetterOrDigit = (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isLetterOrDigit || (code > 32 && code < 127 && "!#$%&'*+-.^_`|~/:".includes(String.fromCharCode(code)));
}
