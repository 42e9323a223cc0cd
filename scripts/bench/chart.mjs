// docs/benchmarks.svg: what other engines take for the same, as a multiple of what brig takes.
import { readRatios } from "./figures.mjs";

const left = 390;
const right = 940;
const rowHeight = 26;
const top = 74;
/** Ends of the axis, in times of brig's; what is beyond stands at the end. */
const [least, most] = [0.25, 16];
const ticks = [0.25, 0.5, 1, 2, 4, 8, 16];
/** A shape for each, so that colour is not needed to tell them apart. */
const marks = new Map([
  ["docker", { colour: "#2f6fde", shape: (x, y) => `<circle cx="${x}" cy="${y}" r="5.5"/>` }],
  ["podman", { colour: "#8a3ffc", shape: (x, y) => `<rect x="${x - 5}" y="${y - 5}" width="10" height="10"/>` }],
  ["ctr", { colour: "#0f8a6c", shape: (x, y) => `<path d="M${x} ${y - 6}l6 11h-12z"/>` }],
  ["skopeo", { colour: "#c2570c", shape: (x, y) => `<path d="M${x} ${y - 6.5}l6.5 6.5-6.5 6.5-6.5-6.5z"/>` }],
  ["runc", { colour: "#b3261e", shape: (x, y) => `<path d="M${x} ${y + 6}l6-11h-12z"/>` }],
  ["crun", { colour: "#6b7280", shape: (x, y) => `<path d="M${x - 2} ${y - 6}h4v4h4v4h-4v4h-4v-4h-4v-4h4z"/>` }],
]);

/** Draws the tables in which brig stands beside other engines. Pure. */
export function drawChart(markdown) {
  const rows = chartRows(markdown);
  const height = top + rows.length * rowHeight + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right + 40} ${height}" role="img" aria-labelledby="title desc">`,
    '<title id="title">What other engines take for the same, as a multiple of what brig takes</title>',
    `<desc id="desc">${rows.map(sentence).map(escapeText).join(" ")}</desc>`,
    `<style>${style}</style>`,
    `<rect class="page" width="${right + 40}" height="${height}"/>`,
    '<text class="head" x="20" y="28">What others take, in times of brig\'s: right of the line they take longer</text>',
    ...legend(rows),
    ...ticks.map((tick) => axis(tick, height)),
    ...rows.flatMap(drawRow),
    "</svg>",
    "",
  ].join("\n");
}

function chartRows(markdown) {
  const rows = new Map();
  for (const { title, brig, other, ratio } of readRatios(markdown)) {
    const tool = [...marks.keys()].find((name) => name === other.split(/\W/)[0]);
    if (tool === undefined || brig.includes("--network none")) continue;
    const label = title.replaceAll("`", "").replace(/: \d.*$/, "");
    rows.set(label, [...(rows.get(label) ?? []), { tool, times: 1 / ratio }]);
  }
  return [...rows].map(([label, points]) => ({ label, points }));
}

const style = [
  ".page{fill:#fff}text{font:13px system-ui,sans-serif;fill:#1f2328}.head{font-size:16px;font-weight:600}",
  ".tick{fill:#59636e;font-size:12px}.line{stroke:#d1d9e0}.one{stroke:#1f2328;stroke-width:1.5}",
  "@media(prefers-color-scheme:dark){.page{fill:#0d1117}text{fill:#e6edf3}.tick{fill:#9198a1}.line{stroke:#3d444d}",
  ".one{stroke:#e6edf3}.mark{filter:brightness(1.5)}}",
].join("");

const round = (value) => Math.round(value * 10) / 10;

function position(times) {
  const share = Math.log(Math.min(most, Math.max(least, times)) / least) / Math.log(most / least);
  return round(left + share * (right - left));
}

function axis(tick, height) {
  const x = position(tick);
  const label = tick === 1 ? "brig" : `${tick} x`;
  const line = `<line class="${tick === 1 ? "one" : "line"}" x1="${x}" y1="${top}" x2="${x}" y2="${height - 24}"/>`;
  return `${line}<text class="tick" x="${x}" y="${height - 8}" text-anchor="middle">${label}</text>`;
}

function legend(rows) {
  const used = [...marks.keys()].filter((tool) =>
    rows.some(({ points }) => points.some((point) => point.tool === tool)),
  );
  return used.map((tool, index) => {
    const x = 28 + index * 90;
    return `${mark(tool, x, 52)}<text x="${x + 12}" y="56">${tool}</text>`;
  });
}

function mark(tool, x, y) {
  const { colour, shape } = marks.get(tool);
  return `<g class="mark" fill="${colour}">${shape(x, y)}</g>`;
}

function drawRow({ label, points }, index) {
  const y = top + index * rowHeight + 16;
  const text = `<text x="${left - 14}" y="${y + 4}" text-anchor="end">${escapeText(label)}</text>`;
  return [text, ...points.map(({ tool, times }) => mark(tool, position(times), y))];
}

const sentence = ({ label, points }) =>
  `${label}: ${points.map(({ tool, times }) => `${tool} ${times.toFixed(2)} times brig's`).join(", ")}.`;

const escapeText = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
