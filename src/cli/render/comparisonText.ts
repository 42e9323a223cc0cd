import type { ComparedRow, ContainerComparison } from "../../container/index.ts";
import { formatTable } from "./columns.ts";
import { sanitizeLine } from "./sanitize.ts";

/** Two sides of each section in columns; namespaces say whether they are the same one. */
export function comparisonText({ left, right, rows }: ContainerComparison): string {
  const sections = [...new Set(rows.map(({ section }) => section))];
  if (sections.length === 0) return `${sanitizeLine(`${left} and ${right} do not differ`)}\n`;
  return sections
    .map((section) => {
      const head = [section.toUpperCase(), left, right];
      const lines = rows.filter((row) => row.section === section).map(cellsOf);
      return formatTable([head, ...lines].map((cells) => cells.map(cell)));
    })
    .join("\n");
}

function cellsOf({ section, name, left = "-", right = "-", same }: ComparedRow): readonly string[] {
  if (section !== "namespaces") return [name, left, right];
  return [name, left, `${right} (${same ? "the same" : "another"})`];
}

/** Names of mount points are the container's: nothing of theirs reaches the terminal or the columns. */
function cell(text: string): string {
  return sanitizeLine(text) || "-";
}
