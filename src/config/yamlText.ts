import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument, visit } from "yaml";
import { EngineError } from "../base/index.ts";

/** Where something stands in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML text, parsed. */
export interface ParsedText {
  /** Plain objects, lists and values, as JSON has them. */
  readonly document: unknown;
  /** What keeps it from being YAML that brig reads; then `document` is not to be used. */
  readonly faults: readonly { readonly message: string; readonly position: Position }[];
  /** Where the names of a path lead; the deepest that exists. */
  locate(path: readonly string[]): Position;
}

/**
 * Parses YAML 1.2 with its core schema: text, numbers, truth values, lists and sections. Tags, anchors and aliases, of
 * which a configuration needs none, are faults; so are repeated names and a second document.
 */
export function parseYaml(text: string): ParsedText {
  const lines = new LineCounter();
  const document = parse(text, lines);
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const said = [...document.errors, ...document.warnings].filter(({ code }) => code !== "TAG_RESOLVE_FAILED");
  const faults = said.map(({ code, message, pos }) => ({
    message: faultWords.get(code) ?? message,
    position: position(pos[0]),
  }));
  visit(document, {
    Alias: (_, { range }) => void faults.push({ message: "aliases are not read", position: position(range?.[0] ?? 0) }),
    Node: (_, { anchor, tag, range }) => {
      const found = anchor === undefined ? (tag === undefined ? undefined : "tags") : "anchors";
      if (found !== undefined) faults.push({ message: `${found} are not read`, position: position(range?.[0] ?? 0) });
    },
  });
  faults.sort((one, other) => one.position.line - other.position.line);
  return {
    document: faults.length === 0 ? (document.toJS() as unknown) : undefined,
    faults,
    locate: (path) => position(offsetOf(document.contents, path)),
  };
}

const faultWords: ReadonlyMap<string, string> = new Map([
  ["DUPLICATE_KEY", "the name is there twice"],
  ["MULTIPLE_DOCS", "a second document is not read"],
]);

function parse(text: string, lines: LineCounter) {
  requireShallow(text);
  return parseDocument(text, { version: "1.2", schema: "core", lineCounter: lines, prettyErrors: false });
}

const [deepestBrackets, deepestColumn] = [32, 128];

/**
 * The parser descends with the text, and a text may be nothing but brackets or dashes: neither brackets nor what a line
 * begins with may nest deeper than any configuration does. Brackets in quotes are counted as well.
 */
function requireShallow(text: string): void {
  let depth = 0;
  for (const line of text.split("\n")) {
    for (const character of line) {
      if (character === "[" || character === "{") depth += 1;
      if (character === "]" || character === "}") depth -= 1;
      if (depth > deepestBrackets) throw tooDeep();
    }
    const content = line.search(/[^ \t\r:?-]/);
    if ((content === -1 ? line.length : content) > deepestColumn && !/^ *$/.test(line)) throw tooDeep();
  }
}

function tooDeep(): EngineError {
  return new EngineError("limitExceeded", "the configuration is nested too deeply");
}

function offsetOf(top: Node | null, path: readonly string[]): number {
  let node: unknown = top;
  let offset = top?.range?.[0] ?? 0;
  for (const name of path) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (pair === undefined) break;
    offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
    node = isCollection(pair.value) ? pair.value : undefined;
  }
  return offset;
}
