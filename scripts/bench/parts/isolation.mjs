// What keeping a container in its place costs: at its start, and at each of its system calls.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runQuiet, StepFailure } from "../../steps/command.mjs";
import { brigPath, projectRoot } from "../../steps/project.mjs";
import { runEngine } from "../engines.mjs";
import { filterCosts } from "../filterCost.mjs";
import { ms, section } from "../report.mjs";
import { benchDirectory, makeRoot } from "../root.mjs";
import { compare, summarise } from "../timing.mjs";

const without = {
  "the system-call filter": ["--security-opt", "seccomp=unconfined"],
  "the device filter": ["--device-cgroup-rule", "a *:* rwm"],
  "the user namespace": ["--userns", "host"],
};

export async function measureIsolation({ rounds, openEngines }) {
  const start = await measureStart(rounds);
  return [start, await describeFilters(), await measureCalls(rounds, openEngines)].join("\n");
}

/** What all three together may add (milliseconds). */
const mostMs = 3;

/**
 * The same launch with and without each of them, in turn. What one costs is the median of what it took longer in the same round,
 * of which the machine's own ups and downs take less than of the difference of two medians.
 */
async function measureStart(rounds) {
  const { env, image } = await makeRoot("isolation");
  const candidate = (flags) => ({
    argv: [brigPath, "run", "--rm", "--network", "none", ...flags, image, "true"],
    env,
  });
  const results = await compare(
    {
      "without any of them": candidate(Object.values(without).flat()),
      ...Object.fromEntries(Object.entries(without).map(([name, flags]) => [`without ${name}`, candidate(flags)])),
      "with all three": candidate([]),
    },
    { rounds },
  );
  const whole = results["with all three"].times;
  const rows = Object.entries(results).map(([name, { medianMs, minMs, times }]) => {
    const cost = summarise(whole.map((time, round) => time - times[round])).medianMs;
    return [
      name,
      ms(medianMs),
      ms(minMs),
      name === "with all three" ? "" : ms(cost),
      name === "without any of them" ? `${mostMs} ms: ${cost <= mostMs ? "kept" : "MISSED"}` : "",
    ];
  });
  const note =
    "What is left out costs what the launch with all three took longer in the same round: the median of these.";
  return section("What isolation adds to `run --rm`", ["", "median", "fastest", "it costs", "at most"], rows, [note]);
}

async function describeFilters() {
  const costs = await filterCosts();
  const mixes = Object.keys(costs.default.mixes);
  const rows = Object.entries(costs).map(([name, { instructions, all, mixes: averages }]) => [
    name,
    `${instructions}`,
    ...mixes.map((mix) => averages[mix].toFixed(1)),
    all.toFixed(1),
  ]);
  const head = ["profile", "instructions (at most 800)", ...mixes, "every call once"];
  const note =
    "Instructions that a call runs through, on average (at most 16); the kernel asks a filter once for most calls.";
  return section("The system-call filter", head, rows, [note]);
}

/** Each engine with its own default profile, and brig without a filter; the loop is the container's only program. */
async function measureCalls(rounds, openEngines) {
  const { engines, notes } = await openEngines();
  const program = join(benchDirectory, "callRate");
  runQuiet("gcc", ["-O2", "-static", "-o", program, join(projectRoot, "scripts/bench/callRate.c")]);
  const [brig] = engines;
  const runs = [
    ["on the host", () => spawnText(program)],
    ...engines.map((engine) => [engine.name, () => inEngine(engine, program, [])]),
    ["brig, seccomp=unconfined", () => inEngine(brig, program, ["--security-opt", "seccomp=unconfined"])],
  ];
  const seen = new Map(runs.map(([name]) => [name, { plain: [], weighed: [] }]));
  for (let round = 0; round < Math.min(rounds, 11); round++) {
    for (const [name, run] of runs) {
      const [plain, weighed] = run().trim().split(" ").map(Number);
      seen.get(name).plain.push(plain);
      seen.get(name).weighed.push(weighed);
    }
  }
  const rows = [...seen].map(([name, { plain, weighed }]) => [name, ...[plain, weighed].map(nanoseconds)]);
  return section("A system call", ["", "getppid", "personality, whose argument is looked at"], rows, notes);
}

function nanoseconds(list) {
  const { medianMs, minMs } = summarise(list); // of whatever unit the list has
  return `${medianMs.toFixed(0)} ns (fastest ${minMs.toFixed(0)})`;
}

function inEngine(engine, program, flags) {
  const mount = ["-v", `${program}:/callRate:ro`];
  return runEngine(engine, [
    ...["run", "--rm", ...engine.runFlags, "--network", "none"],
    ...[...mount, ...flags, engine.image, "/callRate"],
  ]);
}

function spawnText(program) {
  const result = spawnSync(program, [], { encoding: "utf8" });
  if (result.status === 0) return result.stdout;
  throw new StepFailure(`"${program}" ended with ${result.status}`);
}
