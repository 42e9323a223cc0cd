/**
 * Whether the whole text fits a pattern of `*`, `?`, `[a-z]`, `[^a-z]` and `\` (path.Match of Go, where none of the
 * first two stands for a slash). Goes back to the last star only, so it takes no more steps than both lengths multiplied.
 */
export function fitsGlob(text: string, pattern: string): boolean {
  const tokens = tokensOf(pattern);
  let [at, next, star, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    const token = tokens[next];
    if (token === "star") {
      [star, resume] = [next, at];
      next += 1;
    } else if (token?.(text[at] ?? "") === true) {
      at += 1;
      next += 1;
    } else if (star !== -1 && text[resume] !== "/") {
      resume += 1;
      [at, next] = [resume, star + 1];
    } else {
      return false;
    }
  }
  return tokens.slice(next).every((token) => token === "star");
}

type Token = "star" | ((character: string) => boolean);

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? "";
    if (character === "*") tokens.push("star");
    else if (character === "?") tokens.push((one) => one !== "/");
    else if (character === "[") {
      const end = pattern.indexOf("]", at + 2);
      if (end === -1) return [() => false]; // a malformed pattern fits nothing
      tokens.push(classOf(pattern.slice(at + 1, end)));
      at = end;
    } else {
      if (character === "\\") at += 1;
      const wanted = pattern[at];
      tokens.push((one) => one === wanted);
    }
  }
  return tokens;
}

function classOf(members: string): (character: string) => boolean {
  const isNegated = members.startsWith("^");
  const ranges = [...members.slice(isNegated ? 1 : 0).matchAll(/(.)-(.)|(.)/g)];
  return (one) =>
    ranges.some(
      ([, from, to, single]) => one === single || (from !== undefined && to !== undefined && from <= one && one <= to),
    ) !== isNegated;
}
