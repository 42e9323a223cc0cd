// The stage "fuzz": every target is given generated input for a minute, two targets at a time. Small targets that read the same
// kind of text share a minute. A target fails when one input crashes it, takes longer than a second, or makes it need more than
// 256 MiB; layers also when anything beside the layer was touched.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runQuiet } from "../steps/command.mjs";
import { helperPath, projectRoot } from "../steps/project.mjs";
import { ensurePackages } from "../steps/systemPackages.mjs";
import { bundleTests } from "./testFiles.mjs";

const parsers = "unit/fuzz/parsers.test.ts";
const layers = "integration/overlay/fuzzLayers.test.ts";
const megabytes = 256;
/** What a target may take beside its time: to be loaded, and to end, on a machine with other work. */
const graceSeconds = 120;
const concurrency = 2;
/** What repeats a run, also of a target that has to be ended before it could say anything. */
const seed = process.env.BRIG_FUZZ_SEED ?? String(Date.now() % 2 ** 32);

/** `tests`: names of the tests that share the target's time; `program`: the flag that a native target is compiled with. */
const targets = [
  {
    name: "plans and records",
    program: "-DPLAN",
    seeds: ["clone\0flag=0x1\0n=12\0argv=a\0argv=b\0\0end\0program=00ff\0\0"],
  },
  {
    name: "log writer",
    program: "-DLOG",
    seeds: [
      '\0\x05text\n\x01\x08\xe2\x82\xac\xf0\x9f\x98\x80\n\x80\x04"\\\t\r',
      `\x40\xff${"\x01".repeat(255 * 64)}`.repeat(4), // more than its buffer holds, once it is escaped
    ],
  },
  { name: "layers", file: layers, tests: ["archives of any entries"] },
  { name: "tar headers", file: parsers, tests: ["tar archives"] },
  { name: "manifests", file: parsers, tests: ["manifests", "indexes", "manifests of saved archives"] },
  { name: "references", file: parsers, tests: ["references"] },
  { name: "WWW-Authenticate", file: parsers, tests: ["WWW-Authenticate"] },
  { name: "image configurations", file: parsers, tests: ["image configurations"] },
  {
    name: "passwd, group and id maps",
    file: parsers,
    tests: ["passwd and group", "user namespaces and subordinate ids"],
  },
  { name: "seccomp profiles", file: parsers, tests: ["seccomp profiles"] },
  {
    name: "flags for volumes, ports and security",
    file: parsers,
    tests: ["volumes and mounts", "ports", "security options"],
  },
];

/** The names of the targets that have one of the patterns in their name. */
export function fuzzTargets(patterns) {
  const names = targets.map(({ name }) => name);
  return patterns.length === 0 ? names : names.filter((name) => patterns.some((pattern) => name.includes(pattern)));
}

/** Runs the chosen targets for `seconds` each; resolves with how many passed and failed. */
export async function fuzzStage({ patterns, seconds }) {
  const chosen = fuzzTargets(patterns);
  const waiting = targets.filter(({ name }) => chosen.includes(name));
  if (waiting.some(({ program }) => program !== undefined)) ensurePackages(["fuzz"]);
  const started = Date.now();
  const directory = mkdtempSync(join(tmpdir(), "brig-fuzz-"));
  const { bundled, dispose } = await bundleTests([parsers, layers]);
  const totals = { passed: 0, failed: 0 };
  const work = async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const outcome = await runTarget(target, { seconds, bundled, directory });
      totals[outcome.failure === undefined ? "passed" : "failed"] += 1;
      process.stdout.write(
        outcome.failure === undefined
          ? `ok     fuzz: ${target.name} (${outcome.cases} cases)\n`
          : `FAILED fuzz: ${target.name}: ${outcome.failure} (BRIG_FUZZ_SEED=${seed})\n         ${outcome.said.trimEnd().replaceAll("\n", "\n         ")}\n`,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    dispose();
    rmSync(directory, { recursive: true, force: true });
  }
  const took = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`fuzz: ${totals.passed} passed, ${totals.failed} failed (${seconds} s each, ${took} s)\n`);
  return totals;
}

function runTarget(target, settings) {
  return target.program === undefined ? runTests(target, settings) : runNative(target, settings);
}

async function runTests({ file, tests }, { seconds, bundled }) {
  const share = seconds / tests.length;
  const patterns = tests.map((name) => `--test-name-pattern=^${name}(:| )`);
  const limits = [`--max-old-space-size=${megabytes}`, "--enable-source-maps"];
  const env = { ...process.env, BRIG_FUZZ_SECONDS: String(share), BRIG_FUZZ_SEED: seed, BRIG_HELPER: helperPath };
  const argv = [process.execPath, ...limits, ...patterns, bundled.get(file)];
  const { status, said } = await run(argv, { env, seconds });
  const cases = [...said.matchAll(/(\d+) cases with the seed/g)].map(([, count]) => Number(count));
  const failure =
    status !== 0
      ? `ended with ${status}`
      : cases.length !== tests.length
        ? `${cases.length} of ${tests.length} tests were run`
        : undefined;
  return { cases: cases.reduce((sum, count) => sum + count, 0), failure, said };
}

async function runNative({ name, program, seeds }, { seconds, directory }) {
  const place = join(directory, name.replaceAll(" ", "-"));
  const corpus = join(place, "corpus");
  const logs = join(place, "logs");
  for (const path of [corpus, logs]) mkdirSync(path, { recursive: true });
  for (const [number, example] of seeds.entries())
    writeFileSync(join(corpus, `seed${number}`), Buffer.from(example, "latin1"));
  const executable = join(place, "fuzz");
  const sources = ["native/record.c", "native/log.c", "native/files.c", "test/native/fuzz-coverage.c"];
  const sanitizers = ["-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"];
  const flags = ["-std=c17", "-D_GNU_SOURCE", "-O1", "-g", "-Wno-everything", "-Inative", program];
  runQuiet("clang-14", [...flags, ...sanitizers, "-o", executable, ...sources], { cwd: projectRoot });
  const limits = [
    `-max_total_time=${Math.ceil(seconds)}`,
    "-timeout=1",
    `-rss_limit_mb=${megabytes}`,
    "-max_len=70000",
  ];
  const argv = [executable, ...limits, `-seed=${seed}`, `-artifact_prefix=${place}/`, "-print_final_stats=1", corpus];
  // What was freed is kept back so that a later use of it is seen; as much as ASan keeps by itself would fill the limit above.
  const env = { PATH: process.env.PATH, FUZZ_DIRECTORY: logs, ASAN_OPTIONS: "quarantine_size_mb=16" };
  const { status, said } = await run(argv, { env, seconds });
  const cases = Number(/number_of_executed_units: +(\d+)/.exec(said)?.[1] ?? 0);
  const failure = status !== 0 ? `ended with ${status}` : cases === 0 ? "nothing was tried" : undefined;
  return { cases, failure, said };
}

/** Runs a program and keeps the end of what it says; one that does not end in time is ended. */
function run([program, ...args], { env, seconds }) {
  const child = spawn(program, args, { cwd: projectRoot, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      said = `${said}${text}`.slice(-16_384);
    });
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), (seconds + graceSeconds) * 1000);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => {
      clearTimeout(timer);
      resolve({ status: status ?? signal, said });
    });
  });
}
