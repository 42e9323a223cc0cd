import { compileTemplate, formatIndentedJson, formatJson, type TemplateValue } from "../template/index.ts";

/** Members of Docker's documents that are maps in Go: a key may be missing there. */
const maps: ReadonlySet<string> = new Set([
  "Labels",
  "Volumes",
  "ExposedPorts",
  "Annotations",
  "Runtimes",
  "Details",
  "Sysctls",
  "Networks",
  "Ports",
  "Data",
  "PortBindings",
  "Tmpfs",
  "Options",
]);

/** The documents that `inspect` found, as an array like Docker's, or each through `format`. */
export function formatDocuments(documents: readonly TemplateValue[], format: string | undefined): string {
  if (format === undefined || format === "") return `${formatIndentedJson(documents)}\n`;
  return documents.map((document) => formatDocument(document, format)).join("");
}

/**
 * One document through `--format`: `json` for a line of JSON, else a Go template.
 *
 * @throws EngineError `invalidValue` for a template that cannot be read or names what does not exist.
 */
export function formatDocument(document: TemplateValue, format: string): string {
  if (format === "json") return `${formatJson(document)}\n`;
  return `${compileTemplate(format).render(withMaps(document))}\n`;
}

/** Tells maps from structs by the names of the members; null becomes an empty map. */
function withMaps(value: TemplateValue): TemplateValue {
  if (Array.isArray(value)) return value.map(withMaps);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, maps.has(name) ? toMap(member) : withMaps(member)]),
  );
}

function toMap(value: TemplateValue): TemplateValue {
  if (value === null) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) return withMaps(value);
  return new Map(Object.entries(value as object).map(([name, member]) => [name, withMaps(member)]));
}
