// docs/BENCHMARKS.md: a piece for each part of the measurements, and at the end what people have written.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../steps/project.mjs";
import { drawChart } from "./chart.mjs";

const reportPath = join(projectRoot, "docs/BENCHMARKS.md");
const chartPath = join(projectRoot, "docs/benchmarks.svg");
const handMarker = "<!-- by hand: npm run bench leaves what follows as it is -->";
const partMarker = (name) => `<!-- ${name} -->`;

const intro = `# Measurements

Written by \`npm run bench\`, one part by \`npm run bench -- NAME\`: medians of interleaved runs after a warm-up. Other engines
are measured where they are installed, with the same image, each in directories of its own, without a network or, where it is
what is measured, in a network namespace of its own. \`npm run bench -- --check\` measures and compares with what stands here.

![What other engines take for the same, as a multiple of what brig takes](benchmarks.svg)
`;

/** What is committed, or was written by an earlier part. */
export function readReport() {
  return existsSync(reportPath) ? readFileSync(reportPath, "utf8") : "";
}

/** Replaces the pieces that were measured; the others stay as they are, in the order of `names`. Draws the chart again. */
export function writeReport(names, pieces) {
  const before = readReport();
  const hand = before.includes(handMarker) ? before.slice(before.indexOf(handMarker)) : `${handMarker}\n`;
  const kept = (name) => {
    const start = before.indexOf(partMarker(name));
    if (start < 0) return undefined;
    const end = before.indexOf("\n<!-- ", start + 1);
    return before.slice(start + partMarker(name).length + 1, end < 0 ? undefined : end);
  };
  const bodies = names.flatMap((name) => {
    const text = pieces.get(name) ?? kept(name);
    return text === undefined ? [] : [`${partMarker(name)}\n${text.trimEnd()}\n`];
  });
  const report = [intro, ...bodies, hand].join("\n");
  writeFileSync(reportPath, report);
  writeFileSync(chartPath, drawChart(report));
}

export function section(title, head, rows, notes = []) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const table = [line(head), line(head.map(() => "---")), ...rows.map(line)];
  return [`## ${title}`, "", ...table, "", ...notes.flatMap((note) => [note, ""])].join("\n");
}

export const ms = (value) => (value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(1)} ms`);
export const mib = (bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
export const kib = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;
export const times = (value) => `${value.toFixed(2)} x`;

export function describeMachine(rounds) {
  const memory = /^MemTotal:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? "0";
  return [
    `${rounds} rounds; ${cpus().length} processors (${cpus()[0]?.model ?? "unknown"}), ${mib(Number(memory) * 1024)} of memory,`,
    `Linux ${release().split("-")[0]}, Node ${process.versions.node}, load average ${(loadavg()[0] ?? 0).toFixed(1)} at the beginning.`,
  ].join(" ");
}

/** One row for each engine: its times, and how many times as long as brig's they are. */
export function engineRows(results, { base, most }) {
  const brig = results.brig.medianMs;
  return Object.entries(results).map(([name, { medianMs, minMs }]) => [
    name === base ? `\`${name}\`` : name,
    ms(medianMs),
    ms(minMs),
    name === base ? "" : times(medianMs / brig),
    base === undefined || name !== "brig" ? "" : ms(medianMs - results[base].medianMs),
    name === "brig" && most !== undefined ? most : "",
  ]);
}

export const engineHead = ["engine", "median", "fastest", "of brig's", "above node", "at most"];
