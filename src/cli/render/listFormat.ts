import { alignColumns, formatTable } from "./columns.ts";
import { sanitizeLine } from "./sanitize.ts";

/** One object of a list: text by the names that `--format` knows, in the order in which `json` prints them. */
export type ListRow = ReadonlyMap<string, string>;

/** How a list is shown without and with `--format`. */
export interface ListShape {
  /** The heading of each field: `ID` -> `IMAGE ID`. */
  readonly headings: ReadonlyMap<string, string>;
  /** The fields of the default table. */
  readonly columns: readonly string[];
}

/**
 * Renders a list as `docker ps` and `docker images` do: `table` (also when nothing is asked), `table TEMPLATE` with
 * headings, `json` with one object a line, or a Go template for each row.
 *
 * @throws EngineError `invalidValue` for a template that cannot be read or names an unknown field.
 */
export async function formatList(rows: readonly ListRow[], shape: ListShape, format = "table"): Promise<string> {
  const safe = rows.map((row) => new Map([...row].map(([name, value]) => [name, sanitizeLine(value)])));
  const wanted = format.trim();
  if (wanted === "table") {
    return formatTable([shape.headings, ...safe].map((row) => shape.columns.map((name) => row.get(name) ?? "")));
  }
  const { compileTemplate, formatJson } = await import("../template/index.ts");
  if (wanted === "json") return safe.map((row) => `${formatJson(inOrder(row))}\n`).join("");
  const asTable = /^table[ \t]/.test(wanted);
  const source = readEscapes(asTable ? wanted.slice("table".length).trim() : wanted);
  const template = compileTemplate(source);
  const lines = safe.map((row) => template.render(inOrder(row)));
  if (!asTable) return lines.map((line) => `${line}\n`).join("");
  const heading = compileTemplate(withoutCalls(source)).render(inOrder(shape.headings));
  return alignColumns([heading, ...lines].join("\n").split("\n"))
    .map((line) => `${line}\n`)
    .join("");
}

/** Docker's lists take a backslash and a letter for the character, because shells pass them on as they are. */
function readEscapes(format: string): string {
  return format.replaceAll("\\t", "\t").replaceAll("\\n", "\n");
}

/** Headings stay as they are whatever a template does to the values: `{{upper .ID}}` and `{{json .ID}}` head `IMAGE ID`. */
function withoutCalls(source: string): string {
  return source.replace(/\{\{-?\s*(?:json|lower|upper|title)\s+(\.[A-Za-z]+)\s*-?\}\}/g, "{{$1}}");
}

function inOrder(row: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries(row);
}
