import type { ComparedRow, ContainerComparison } from "../../container/index.ts";
import type { Messages, SayReason } from "../../messages/index.ts";
import { formatTable } from "./columns.ts";
import { sanitizeLine } from "./sanitize.ts";

/** What a comparison is told with. */
export interface ComparisonLanguage {
  readonly words: Messages["comparison"];
  readonly say: SayReason;
}

/** Two sides of each section in columns; namespaces say whether they are the same one. */
export function comparisonText({ left, right, rows }: ContainerComparison, language: ComparisonLanguage): string {
  const sections = [...new Set(rows.map(({ section }) => section))];
  if (sections.length === 0) return `${sanitizeLine(language.words.equal({ left, right }))}\n`;
  return sections
    .map((section) => {
      const head = [language.say(section).toUpperCase(), left, right];
      const lines = rows.filter((row) => row.section === section).map((row) => cellsOf(row, language));
      return formatTable([head, ...lines].map((cells) => cells.map(cell)));
    })
    .join("\n");
}

/** The sections whose names and values are the engine's words; elsewhere they are the kernel's and the container's. */
const spoken: ReadonlySet<ComparedRow["section"]> = new Set(["process", "limits"]);

function cellsOf(row: ComparedRow, { words, say }: ComparisonLanguage): readonly string[] {
  const { section, name, left = "-", right = "-", same } = row;
  if (section === "namespaces") return [name, left, (same ? words.same : words.another)({ value: right })];
  return spoken.has(section) ? [name, left, right].map(say) : [name, left, right];
}

/** Names of mount points are the container's: nothing of theirs reaches the terminal or the columns. */
function cell(text: string): string {
  return sanitizeLine(text) || "-";
}
