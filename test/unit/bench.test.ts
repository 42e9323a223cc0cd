import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { projectRoot } from "../support/projectPaths.ts";

const tables = `# Measurements

<!-- exec -->
## \`exec true\`

| engine | median | fastest | of brig's |
| --- | --- | --- | --- |
| \`node -e 0\` | 20.0 ms | 15.0 ms |  |
| brig | 40.0 ms | 30.0 ms | 1.00 x |
| docker | 1.60 s | 1.00 s | 40.00 x |

A note with 12.0 ms | in it.

## A log

| engine | \`run\` that writes it | \`logs\` |
| --- | --- | --- |
| brig | 1 MB/s | 200 MB/s |
| docker | 9 MB/s | 50 MB/s |

## Many ports

| with | median | at most |
| --- | --- | --- |
| one | 100.0 ms |  |
| 500 | 150.0 ms | 50 ms |
`;

/** Runs a piece of the measurements' own code, which is no part of the product and has no types. */
function evaluate(script: string, ...inputs: readonly string[]): unknown {
  const bench = join(projectRoot, "scripts/bench");
  const text = `import { readRatios } from "${bench}/figures.mjs";
    import { compareWithCommitted } from "${bench}/regressions.mjs";
    import { drawChart } from "${bench}/chart.mjs";
    const [one, other] = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
    process.stdout.write(JSON.stringify(${script}));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", text], {
    input: JSON.stringify(inputs),
    encoding: "utf8",
  });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

test("tables of measurements are read back as ratios: times, rates, and brig alone", () => {
  assert.deepEqual(evaluate("readRatios(one)", tables), [
    { title: "`exec true`", brig: "brig", other: "node -e 0", ratio: 2 },
    { title: "`exec true`", brig: "brig", other: "docker", ratio: 0.025 },
    { title: "A log", brig: "brig", other: "docker", ratio: 0.25 },
    { title: "Many ports", brig: "500", other: "one", ratio: 1.5 },
  ]);
});

test("a ratio that grew by more than a fifth is a regression, one of other things is not compared", () => {
  const slower = tables.replace("| brig | 40.0 ms", "| brig | 50.0 ms").replace("## A log", "## Another log");
  const { text, regressions, compared } = Object(evaluate("compareWithCommitted(one, other)", tables, slower));
  assert.deepEqual([regressions, compared], [2, 3]);
  assert.match(text, /\| `exec true` \| brig \/ docker \| 0\.0250 \| 0\.0313 \| \+25 % \| SLOWER \|/);
  assert.deepEqual(Object(evaluate("compareWithCommitted(one, other)", tables, tables)).regressions, 0);
  assert.match(Object(evaluate("compareWithCommitted(one, other)", slower, tables)).text, /-20 %/);
});

test("the chart in docs is drawn from the tables in docs", () => {
  const read = (name: string) => readFileSync(join(projectRoot, "docs", name), "utf8");
  assert.equal(read("benchmarks.svg"), evaluate("drawChart(one)", read("BENCHMARKS.md")));
});
