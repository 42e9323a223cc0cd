/**
 * The first member name that an object of a valid JSON text has twice, anywhere in it; undefined when there is none.
 * Parsers differ in which of the two counts, so that one text means two things. One pass.
 */
export function duplicateMember(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(undefined);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      if (isName(text, end)) {
        const name = String(JSON.parse(text.slice(at, end)));
        const known = open.at(-1);
        if (known?.has(name)) return name;
        known?.add(name);
      }
      at = end - 1;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** In valid JSON a string is the name of a member when a colon follows, and only then. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at += 1;
  return text[at] === ":";
}
