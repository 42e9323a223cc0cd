import { displayWidth, padDisplay } from "./displayWidth.ts";

/** The look of most of Docker's tables: no column narrower than this, and this many spaces between two. */
const usualWidth = 10;
const gap = 3;

/**
 * Aligns lines whose cells end in tabs, as Go's text/tabwriter does with Docker's settings: a column is a run of
 * neighbouring lines that have that cell, at least `narrowest` wide and three characters more than its longest cell. What
 * follows the last tab of a line belongs to no column.
 */
export function alignColumns(lines: readonly string[], narrowest = usualWidth): readonly string[] {
  const rows = lines.map((line) => line.split("\t"));
  const widths = rows.map((): number[] => []);
  measure(rows, { whole: { from: 0, to: rows.length, column: 0 }, narrowest }, widths);
  return rows.map((cells, row) =>
    cells
      .map((cell, column) => (column < cells.length - 1 ? padDisplay(cell, widths[row]?.[column] ?? 0) : cell))
      .join(""),
  );
}

/** Aligns whole rows of cells; the last cell of each is not padded. */
export function formatTable(rows: readonly (readonly string[])[], narrowest = usualWidth): string {
  return alignColumns(
    rows.map((cells) => cells.join("\t")),
    narrowest,
  )
    .map((line) => `${line}\n`)
    .join("");
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly column: number;
}

/** Walks the blocks of lines that share a column, then the blocks inside each, without recursion. */
function measure(
  rows: readonly (readonly string[])[],
  { whole, narrowest }: { readonly whole: Block; readonly narrowest: number },
  widths: readonly number[][],
): void {
  const open: Block[] = [whole];
  for (let block = open.pop(); block !== undefined; block = open.pop()) {
    const { column } = block;
    const has = (row: number): boolean => (rows[row]?.length ?? 0) - 1 > column;
    for (let row = block.from; row < block.to; row += 1) {
      if (!has(row)) continue;
      let end = row;
      let longest = 0;
      while (end < block.to && has(end)) {
        longest = Math.max(longest, displayWidth(rows[end]?.[column] ?? ""));
        end += 1;
      }
      for (let member = row; member < end; member += 1) widths[member]?.push(Math.max(narrowest, longest + gap));
      open.push({ from: row, to: end, column: column + 1 });
      row = end - 1;
    }
  }
}
