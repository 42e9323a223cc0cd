import { sprintf } from "./printf.ts";
import { formatJson, formatValue, isMap, isStruct, isTrue, type TemplateValue, typeName } from "./values.ts";

/** Why a call failed; the evaluator adds where. */
export class CallFailure extends Error {}

interface TemplateFunction {
  readonly least: number;
  readonly most: number;
  readonly call: (values: readonly TemplateValue[]) => TemplateValue;
}

/** Padding and repetition beyond this are refused. */
const widest = 4096;

/** The functions of text/template and those that Docker adds (docs.docker.com, "Format command and log output"). */
export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map([
  ["eq", fixed(1, Number.POSITIVE_INFINITY, equals)],
  ["ne", fixed(2, 2, ([a, b]) => !sameValue(a, b))],
  ["lt", fixed(2, 2, ([a, b]) => order(a, b) < 0)],
  ["le", fixed(2, 2, ([a, b]) => order(a, b) <= 0)],
  ["gt", fixed(2, 2, ([a, b]) => order(a, b) > 0)],
  ["ge", fixed(2, 2, ([a, b]) => order(a, b) >= 0)],
  ["and", fixed(1, Number.POSITIVE_INFINITY, (values) => values.find((value) => !isTrue(value)) ?? values.at(-1))],
  ["or", fixed(1, Number.POSITIVE_INFINITY, (values) => values.find(isTrue) ?? values.at(-1))],
  ["not", fixed(1, 1, ([value]) => !isTrue(value))],
  ["index", fixed(1, Number.POSITIVE_INFINITY, ([value, ...keys]) => keys.reduce(indexOne, value))],
  ["slice", fixed(1, 3, sliceValue)],
  ["len", fixed(1, 1, ([value]) => lengthOf(value))],
  ["print", fixed(0, Number.POSITIVE_INFINITY, sprint)],
  ["println", fixed(0, Number.POSITIVE_INFINITY, (values) => `${values.map(formatValue).join(" ")}\n`)],
  ["printf", fixed(1, Number.POSITIVE_INFINITY, ([format, ...values]) => sprintf(text(format), values))],
  [
    "urlquery",
    fixed(0, Number.POSITIVE_INFINITY, (values) => encodeURIComponent(sprint(values)).replaceAll("%20", "+")),
  ],
  ["json", fixed(1, 1, ([value]) => formatJson(value))],
  ["lower", fixed(1, 1, ([value]) => text(value).toLowerCase())],
  ["upper", fixed(1, 1, ([value]) => text(value).toUpperCase())],
  [
    "title",
    fixed(1, 1, ([value]) =>
      text(value).replace(
        /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
        (_, before: string, letter: string) => before + letter.toUpperCase(),
      ),
    ),
  ],
  ["split", fixed(2, 2, ([value, separator]) => text(value).split(text(separator)))],
  ["join", fixed(2, 2, ([list, separator]) => stringList(list).join(text(separator)))],
  ["pad", fixed(3, 3, ([value, before, after]) => pad(text(value), count(before), count(after)))],
  ["truncate", fixed(2, 2, ([value, length]) => [...text(value)].slice(0, count(length)).join(""))],
]);

function fixed(least: number, most: number, call: TemplateFunction["call"]): TemplateFunction {
  return { least, most, call };
}

function text(value: TemplateValue): string {
  if (typeof value !== "string") throw new CallFailure(`wrong type for value; expected string; got ${typeName(value)}`);
  return value;
}

function count(value: TemplateValue): number {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw new CallFailure(`wrong type for value; expected int; got ${typeName(value)}`);
  }
  return Math.max(0, value);
}

function stringList(value: TemplateValue): readonly string[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new CallFailure(`wrong type for value; expected []string; got ${typeName(value)}`);
  return value.map(text);
}

function pad(value: string, before: number, after: number): string {
  if (value === "") return value;
  return " ".repeat(Math.min(before, widest)) + value + " ".repeat(Math.min(after, widest));
}

function equals([first, ...others]: readonly TemplateValue[]): boolean {
  if (others.length === 0) throw new CallFailure("missing argument for comparison");
  return others.some((other) => sameValue(first, other));
}

function sameValue(a: TemplateValue, b: TemplateValue): boolean {
  const left = a ?? null;
  const right = b ?? null;
  if (left === null || right === null) return left === right;
  if (typeof left === "object" || typeof right === "object") throw new CallFailure("non-comparable type");
  if (typeof left !== typeof right) throw new CallFailure("incompatible types for comparison");
  return left === right;
}

function order(a: TemplateValue, b: TemplateValue): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  throw new CallFailure(typeof a === typeof b ? "invalid type for comparison" : "incompatible types for comparison");
}

function indexOne(value: TemplateValue, key: TemplateValue): TemplateValue {
  if (isMap(value)) return value.get(text(key)) ?? "";
  if (isStruct(value)) return Object.hasOwn(value, text(key)) ? value[text(key)] : undefined;
  if (Array.isArray(value) || typeof value === "string") {
    if (typeof key !== "number" || !Number.isInteger(key))
      throw new CallFailure(`cannot index slice/array with type ${typeName(key)}`);
    if (key < 0 || key >= value.length) throw new CallFailure(`index out of range: ${key}`);
    return typeof value === "string" ? value.charCodeAt(key) : value[key];
  }
  throw new CallFailure(
    value === null || value === undefined ? "index of untyped nil" : `can't index item of type ${typeName(value)}`,
  );
}

function sliceValue([value, from, to]: readonly TemplateValue[]): TemplateValue {
  if (typeof value !== "string" && !Array.isArray(value))
    throw new CallFailure(`can't slice item of type ${typeName(value)}`);
  const start = from === undefined ? 0 : count(from);
  const end = to === undefined ? value.length : count(to);
  if (start > value.length || end > value.length) throw new CallFailure(`index out of range: ${Math.max(start, end)}`);
  if (start > end) throw new CallFailure(`invalid slice index: ${start} > ${end}`);
  return value.slice(start, end);
}

function lengthOf(value: TemplateValue): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (isMap(value)) return value.size;
  throw new CallFailure(
    value === null || value === undefined ? "len of nil pointer" : `len of type ${typeName(value)}`,
  );
}

/** Go's fmt.Sprint: a space between two operands when neither is a string. */
function sprint(values: readonly TemplateValue[]): string {
  return values.reduce<string>((printed, value, index) => {
    const previous = values[index - 1];
    const space = index > 0 && typeof value !== "string" && typeof previous !== "string" ? " " : "";
    return printed + space + formatValue(value);
  }, "");
}
