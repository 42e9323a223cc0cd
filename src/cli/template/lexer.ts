import { EngineError } from "../../base/index.ts";

export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "space"
  | "field"
  | "variable"
  | "word"
  | "dot"
  | "string"
  | "number"
  | "pipe"
  | "leftParen"
  | "rightParen"
  | "declare"
  | "assign"
  | "comma"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As written; for `string` and `number` see `value`. */
  readonly text: string;
  readonly value?: string | number;
  /** Where it begins, in characters from the start of the template. */
  readonly at: number;
}

/** A template longer than this is refused: nobody writes one, and every later step is linear in it. */
const longestTemplate = 64 * 1024;

/**
 * The message of a template that cannot be read or run, in Docker's form; `status` is the status that its client ends
 * with: 64 for one that cannot be read, 1 for one that fails when it runs.
 */
export function templateError(message: string, status: 1 | 64): EngineError {
  return new EngineError("invalidValue", `template parsing error: template: ${message}`, {
    details: { exitStatus: status },
  });
}

export function syntaxError(template: string, at: number, message: string): EngineError {
  return templateError(`:${lineOf(template, at)}: ${message}`, 64);
}

/** `:LINE:COLUMN` as text/template writes positions while it runs: lines from 1, columns from 0. */
export function positionOf(template: string, at: number): string {
  return `:${lineOf(template, at)}:${at - (template.lastIndexOf("\n", at - 1) + 1)}`;
}

/** The number of the line, from 1. */
function lineOf(template: string, at: number): number {
  return template.slice(0, at).split("\n").length;
}

/**
 * Splits a Go template (text/template) into tokens: text outside `{{ }}`, and words inside. Comments are dropped and
 * `{{-` and `-}}` trim the text beside them. Linear in the length.
 *
 * @throws EngineError `invalidValue` with text/template's sentence.
 */
export function lexTemplate(template: string): readonly Token[] {
  if (template.length > longestTemplate) throw syntaxError(template, 0, "template is too long");
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  for (;;) {
    const open = template.indexOf("{{", at);
    const end = open === -1 ? template.length : open;
    const trimsBefore = open !== -1 && template[open + 2] === "-" && isSpace(template[open + 3]);
    let text = template.slice(at, end);
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, "");
    if (trimsBefore) text = trimRight(text);
    if (text !== "") tokens.push({ kind: "text", text, at });
    if (open === -1) break;
    const action = lexAction(template, open + (trimsBefore ? 3 : 2), tokens, open);
    at = action.end;
    trimNext = action.trimsAfter;
  }
  tokens.push({ kind: "end", text: "", at: template.length });
  return tokens;
}

interface ActionEnd {
  readonly end: number;
  readonly trimsAfter: boolean;
}

function lexAction(template: string, start: number, tokens: Token[], open: number): ActionEnd {
  const comment = lexComment(template, start);
  if (comment !== undefined) return comment;
  tokens.push({ kind: "open", text: "{{", at: open });
  let at = start;
  for (;;) {
    const trimsAfter = isSpace(template[at]) && template.startsWith("-}}", at + 1);
    if (trimsAfter || template.startsWith("}}", at)) {
      tokens.push({ kind: "close", text: "}}", at });
      return { end: at + (trimsAfter ? 4 : 2), trimsAfter };
    }
    if (at >= template.length) throw syntaxError(template, at, "unclosed action");
    const token = lexToken(template, at);
    tokens.push(token);
    at += token.text.length;
  }
}

function lexComment(template: string, start: number): ActionEnd | undefined {
  let at = start;
  while (isSpace(template[at])) at += 1;
  if (!template.startsWith("/*", at) || (at > start && template[start - 1] !== "-")) return undefined;
  const close = template.indexOf("*/", at + 2);
  if (close === -1) throw syntaxError(template, at, "unclosed comment");
  const after = close + 2;
  if (template.startsWith("}}", after)) return { end: after + 2, trimsAfter: false };
  if (isSpace(template[after]) && template.startsWith("-}}", after + 1)) return { end: after + 4, trimsAfter: true };
  throw syntaxError(template, at, "comment ends before closing delimiter");
}

function lexToken(template: string, at: number): Token {
  const first = template[at] ?? "";
  if (isSpace(first)) return { kind: "space", text: run(template, at, isSpace), at };
  if (first === ":" && template[at + 1] === "=") return { kind: "declare", text: ":=", at };
  const sign = signs.get(first);
  if (sign !== undefined) return { kind: sign, text: first, at };
  if (first === '"' || first === "`" || first === "'") return lexQuoted(template, at, first);
  if (first === "." && !isDigit(template[at + 1])) {
    const name = run(template, at + 1, isWordCharacter);
    return { kind: name === "" ? "dot" : "field", text: `.${name}`, at };
  }
  if (first === "$") return { kind: "variable", text: `$${run(template, at + 1, isWordCharacter)}`, at };
  if (isDigit(first) || first === "." || ((first === "-" || first === "+") && isDigit(template[at + 1]))) {
    return lexNumber(template, at);
  }
  const word = run(template, at, isWordCharacter);
  if (word !== "") return { kind: "word", text: word, at };
  throw syntaxError(template, at, `unexpected ${JSON.stringify(first)} in command`);
}

const signs: ReadonlyMap<string, TokenKind> = new Map([
  ["|", "pipe"],
  ["(", "leftParen"],
  [")", "rightParen"],
  ["=", "assign"],
  [",", "comma"],
]);

function lexNumber(template: string, at: number): Token {
  const text = run(
    template,
    at,
    (character) => isWordCharacter(character) || character === "." || character === "-" || character === "+",
  );
  const plain = text.replaceAll("_", "");
  const value = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$|^0[xX][0-9a-fA-F]+$|^0[bB][01]+$|^0[oO][0-7]+$/.test(plain)
    ? Number(plain)
    : Number.NaN;
  if (!Number.isFinite(value)) throw syntaxError(template, at, `bad number syntax: ${JSON.stringify(text)}`);
  return { kind: "number", text, value, at };
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
  ["\\", "\\"],
  ['"', '"'],
  ["'", "'"],
]);

function lexQuoted(template: string, at: number, quote: string): Token {
  if (quote === "`") {
    const close = template.indexOf("`", at + 1);
    if (close === -1) throw syntaxError(template, at, "unterminated raw quoted string");
    return { kind: "string", text: template.slice(at, close + 1), value: template.slice(at + 1, close), at };
  }
  const unterminated = quote === '"' ? "unterminated quoted string" : "unterminated character constant";
  const pieces: string[] = [];
  let next = at + 1;
  for (;;) {
    const character = template[next];
    if (character === undefined || character === "\n") throw syntaxError(template, at, unterminated);
    if (character === quote) break;
    const piece = character === "\\" ? readEscape(template, next) : { value: character, length: 1 };
    pieces.push(piece.value);
    next += piece.length;
  }
  const text = template.slice(at, next + 1);
  const value = pieces.join("");
  if (quote === '"') return { kind: "string", text, value, at };
  if ([...value].length !== 1) throw syntaxError(template, at, `malformed character constant: ${text}`);
  return { kind: "number", text, value: value.codePointAt(0) ?? 0, at };
}

function readEscape(template: string, at: number): { readonly value: string; readonly length: number } {
  const letter = template[at + 1] ?? "";
  const simple = escapes.get(letter);
  if (simple !== undefined) return { value: simple, length: 2 };
  const digits = { x: 2, u: 4, U: 8 }[letter];
  const code = digits === undefined ? "" : template.slice(at + 2, at + 2 + digits);
  if (
    digits === undefined ||
    code.length !== digits ||
    !/^[0-9a-fA-F]+$/.test(code) ||
    Number(`0x${code}`) > 0x10ffff
  ) {
    throw syntaxError(template, at, "invalid syntax");
  }
  return { value: String.fromCodePoint(Number(`0x${code}`)), length: 2 + digits };
}

function run(template: string, at: number, accepts: (character: string | undefined) => boolean): string {
  let end = at;
  while (end < template.length && accepts(template[end])) end += 1;
  return template.slice(at, end);
}

function trimRight(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end -= 1;
  return text.slice(0, end);
}

function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\r" || character === "\n";
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= "0" && character <= "9";
}

function isWordCharacter(character: string | undefined): boolean {
  return (
    character !== undefined && (/[A-Za-z0-9_]/.test(character) || (character > "\x7f" && /\p{L}/u.test(character)))
  );
}
