// npm run bench [-- [commands] [helper] [pull] [--rounds N]]: medians of interleaved runs, against what they should be.
// Without words everything is measured and docs/BENCHMARKS.md is written.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareHelper } from "./bench/helperAlone.mjs";
import { comparePull } from "./bench/pullBig.mjs";
import { cleanUp, makeRoot } from "./bench/root.mjs";
import { compare } from "./bench/timing.mjs";
import { setUp } from "./setup.mjs";
import { runScript, StepFailure } from "./steps/command.mjs";
import { brigPath, projectRoot } from "./steps/project.mjs";

const groups = { commands: measureCommands, helper: measureHelper, pull: measurePull };

async function measureCommands(rounds) {
  const { env, image } = await makeRoot("root");
  const node = "node -e 0";
  const results = await compare(
    {
      [node]: { argv: [process.execPath, "-e", "0"] },
      "brig images": { argv: [brigPath, "images"], env },
      "brig run --rm --network none IMAGE true": {
        argv: [brigPath, "run", "--rm", "--network", "none", image, "true"],
        env,
      },
    },
    { rounds },
  );
  const base = results[node].medianMs;
  const rows = Object.entries(results).map(([name, { medianMs, minMs }]) => [
    `\`${name}\``,
    ms(medianMs),
    ms(minMs),
    name === node ? "" : ms(medianMs - base),
    name.startsWith("brig run") ? "45 ms" : name.startsWith("brig images") ? "30 ms" : "",
  ]);
  return section(
    "Commands, above what Node itself takes",
    ["command", "median", "fastest", "above node", "at most"],
    rows,
  );
}

async function measureHelper(rounds) {
  const { env, image } = await makeRoot("root");
  const results = await compareHelper({ env, image, rounds });
  const reference = results["runc run"];
  const rows = Object.entries(results).map(([name, { medianMs, minMs }]) => [
    name,
    ms(medianMs),
    ms(minMs),
    reference === undefined ? "" : (medianMs / reference.medianMs).toFixed(2),
  ]);
  return section(
    "The helper alone: from its start to the end of `true`",
    ["runtime", "median", "fastest", "of runc"],
    rows,
  );
}

async function measurePull(rounds) {
  const { times, peaks, compressedBytes } = await comparePull({ rounds: Math.max(3, Math.ceil(rounds / 8)) });
  const row = (name, { medianMs, minMs }, peak) => [
    name,
    ms(medianMs),
    ms(minMs),
    (times.both.medianMs / medianMs).toFixed(2),
    mib(peak),
  ];
  const rows = [
    row("`brig pull`", times.brig, peaks.brig),
    row("`skopeo copy` and `umoci unpack`", times.both, Math.max(peaks.skopeo, peaks.umoci)),
  ];
  const title = `Pull and unpack of a layer of ${mib(compressedBytes)}, 11,000 files, from docker-registry on loopback`;
  return section(title, ["tool", "median", "fastest", "times as fast", "peak memory"], rows);
}

const ms = (value) => (value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(1)} ms`);
const mib = (bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;

function section(title, head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [`## ${title}`, "", line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

function describeMachine() {
  const memory = /^MemTotal:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? "0";
  return [
    `${cpus().length} processors (${cpus()[0]?.model ?? "unknown"}), ${mib(Number(memory) * 1024)} of memory,`,
    `Linux ${release().split("-")[0]}, Node ${process.versions.node}, load average ${(loadavg()[0] ?? 0).toFixed(1)} at the beginning.`,
  ].join(" ");
}

await runScript(async (words) => {
  if (process.getuid() !== 0)
    throw new StepFailure("the measurements make containers, which needs root", "sudo npm run bench");
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { rounds: { type: "string", default: "25" } },
  });
  const chosen = positionals.length === 0 ? Object.keys(groups) : positionals;
  await setUp(["test"]);
  const machine = describeMachine();
  const sections = [];
  for (const name of chosen) {
    if (groups[name] === undefined)
      throw new StepFailure(`there is no group "${name}": ${Object.keys(groups).join(", ")}`);
    const text = await groups[name](Number(values.rounds));
    process.stdout.write(`${text}\n`);
    sections.push(text);
  }
  cleanUp();
  if (positionals.length > 0) return;
  const intro = `# Measurements\n\nWritten by \`npm run bench\`: medians of ${values.rounds} interleaved runs after a warm-up.\n${machine}\n`;
  writeFileSync(join(projectRoot, "docs/BENCHMARKS.md"), [intro, ...sections].join("\n"));
});
