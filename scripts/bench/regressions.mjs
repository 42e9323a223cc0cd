// npm run bench -- --check: what was measured now beside what docs/BENCHMARKS.md says.
import { readRatios } from "./figures.mjs";

/** Of the committed ratio. What two runs of the same program differ by on a machine that others share is about half of it. */
const tolerated = 1.2;

/**
 * Compares ratios of the same two things. What is on one side only (another engine is installed, another number of containers)
 * is left out.
 *
 * @returns {{text: string, regressions: number, compared: number}} `text` is a table in Markdown.
 */
export function compareWithCommitted(committed, measured) {
  const before = new Map(readRatios(committed).map((one) => [keyOf(one), one.ratio]));
  const rows = readRatios(measured).flatMap((one) => {
    const was = before.get(keyOf(one));
    return was === undefined ? [] : [{ ...one, was, change: one.ratio / was }];
  });
  const worse = rows.filter(({ change }) => change > tolerated);
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const text = [
    line(["what", "brig / other", "committed", "now", "change", ""]),
    line(["---", "---", "---", "---", "---", "---"]),
    ...rows.map(({ title, brig, other, ratio, was, change }) =>
      line([title, `${brig} / ${other}`, was.toPrecision(3), ratio.toPrecision(3), percent(change), verdict(change)]),
    ),
  ].join("\n");
  return { text, regressions: worse.length, compared: rows.length };
}

const keyOf = ({ title, brig, other }) => JSON.stringify([title, brig, other]);
const percent = (change) => `${change >= 1 ? "+" : ""}${((change - 1) * 100).toFixed(0)} %`;
const verdict = (change) => (change > tolerated ? "SLOWER" : change < 1 / tolerated ? "faster" : "");
