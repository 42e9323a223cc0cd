import { sanitizeText } from "../render/sanitize.ts";

/** What a template meets: JSON, where a Map is a Go map (a key may be missing) and an object is a Go struct. */
export type TemplateValue = unknown;

export function isMap(value: TemplateValue): value is ReadonlyMap<string, TemplateValue> {
  return value instanceof Map;
}

export function isStruct(value: TemplateValue): value is Readonly<Record<string, TemplateValue>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

/** Go's truth: false, zero, nil and everything empty are false (text/template, "Actions"). */
export function isTrue(value: TemplateValue): boolean {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (typeof value === "object") return true;
  return Boolean(value);
}

/** The name of a value's type in messages. */
export function typeName(value: TemplateValue): string {
  if (value === null || value === undefined) return "nil";
  if (Array.isArray(value)) return "slice";
  if (value instanceof Map) return "map";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  if (typeof value === "boolean") return "bool";
  return typeof value === "string" ? "string" : "struct";
}

/** The keys and values of a map in the order in which a template sees them: sorted. */
export function sortedEntries(map: ReadonlyMap<string, TemplateValue>): readonly (readonly [string, TemplateValue])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A value as Go's `%v` prints it: `[a b]`, `map[k:v]`, `{a b}`. */
export function formatValue(value: TemplateValue): string {
  if (value === undefined || value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(formatValue).join(" ")}]`;
  if (isMap(value))
    return `map[${sortedEntries(value)
      .map(([key, item]) => `${key}:${formatValue(item)}`)
      .join(" ")}]`;
  if (isStruct(value)) return `{${Object.values(value).map(formatValue).join(" ")}}`;
  return String(value);
}

/** A value as one line of JSON that is safe to show on a terminal. */
export function formatJson(value: TemplateValue): string {
  return escapeJson(JSON.stringify(value, mapToObject) ?? "null");
}

/** JSON over several lines, indented by four spaces as `docker inspect` does. */
export function formatIndentedJson(value: TemplateValue): string {
  return escapeJson(JSON.stringify(value, mapToObject, 4) ?? "null");
}

function mapToObject(_key: string, value: unknown): unknown {
  return isMap(value) ? Object.fromEntries(sortedEntries(value)) : value;
}

/** JSON.stringify escapes C0 only; DEL, C1 and bidirectional controls drive terminals too. */
function escapeJson(json: string): string {
  return sanitizeText(json, { keep: "\n", show: (code) => `\\u${code.toString(16).padStart(4, "0")}` });
}
