// Whether samples grow with the number of runs.
import { exactNames, sharedNames } from "./sample.mjs";

/** How much of its first value something of the whole machine may gain over all runs. */
const tolerance = 0.1;

/** A sentence for each thing that grows. */
export function findGrowth(samples) {
  const [first, last] = [samples[0], samples.at(-1)];
  return [
    ...exactNames
      .filter((name) => last[name] > first[name])
      .map((name) => `${name}: ${first[name]} before, ${last[name]} after ${last.runs} runs`),
    ...sharedNames
      .filter((name) => slope(samples, name) * last.runs > first[name] * tolerance)
      .map((name) => `${name}: ${slope(samples, name).toFixed(3)} more with every run`),
  ];
}

/** A table in Markdown. */
export function growthTable(samples) {
  const [first, last] = [samples[0], samples.at(-1)];
  const rows = [...exactNames, ...sharedNames].map(
    (name) => `| ${name} | ${first[name]} | ${last[name]} | ${slope(samples, name).toFixed(4)} |`,
  );
  return ["| | before | after | a run (least squares) |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function slope(samples, name) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [samples.map(({ runs }) => runs), samples.map((sample) => sample[name])];
  const [meanX, meanY] = [mean(x), mean(y)];
  const spread = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  if (spread === 0) return 0;
  return x.reduce((sum, value, index) => sum + (value - meanX) * (y[index] - meanY), 0) / spread;
}
