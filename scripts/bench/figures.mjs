// The figures of docs/BENCHMARKS.md, read back from its tables: what --check compares with and what the chart shows.

/** What a row is judged by: the first of these columns that its table has. */
const judged = ["median", "once", "`logs`", "host to a published port", "a container"];

/** A figure as it is written, in a unit of which less is better: times as they are, rates as time for a piece. */
const units = new Map([
  ["ms", (value) => value],
  ["s", (value) => value * 1000],
  ["KiB", (value) => value],
  ["MB/s", (value) => 1 / value],
  ["Gbit/s", (value) => 1 / value],
]);

/**
 * Every table whose rows can be compared: brig's against each of the others, or, where brig is alone, the last row against the
 * first. `ratio` is of the two figures: below 1 when brig takes less.
 *
 * @param {string} markdown
 * @returns {{title: string, brig: string, other: string, ratio: number}[]}
 */
export function readRatios(markdown) {
  return markdown.split(/^## /m).slice(1).flatMap(ratiosOfSection);
}

function ratiosOfSection(section) {
  const lines = section.split("\n");
  const [head, , ...rows] = lines.filter((line) => line.startsWith("| ")).map(cellsOf);
  const column = judged.map((name) => head?.indexOf(name) ?? -1).find((index) => index >= 0);
  if (column === undefined) return [];
  const figures = rows.flatMap((cells) => {
    const value = readFigure(cells[column]);
    return value === undefined ? [] : [{ name: cells[0].replaceAll("`", ""), value }];
  });
  const own = figures.filter(({ name }) => name.startsWith("brig"));
  const pairs =
    own.length === 0
      ? [[figures.at(-1), figures[0]]]
      : own.flatMap((one) => figures.filter((figure) => !own.includes(figure)).map((other) => [one, other]));
  return pairs
    .filter(([one, other]) => one !== other)
    .map(([one, other]) => ({ title: lines[0], brig: one.name, other: other.name, ratio: one.value / other.value }));
}

const cellsOf = (line) =>
  line
    .slice(1, line.lastIndexOf("|"))
    .split(" | ")
    .map((cell) => cell.trim());

function readFigure(cell = "") {
  const [, digits, unit] = /^([0-9.]+) (\S+)$/.exec(cell) ?? [];
  return units.get(unit)?.(Number(digits));
}
