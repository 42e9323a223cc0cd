// npm test: everything that can be checked on this machine. Ends with one line, "N passed, N failed".
//   node scripts/test.mjs [--verbose] [--shared-machine] [--seconds N] [unit|integration|security|failures|sanitized|fuzz|check|vm|PATTERN...]
// A word that is not the name of a stage selects test files by a part of their path. `--shared-machine` leaves out the
// check that nothing is left behind, for when other people's containers come and go meanwhile. `--seconds` says how long each
// target of the stage fuzz is tried, a minute without it; a pattern beside `fuzz` selects targets by a part of their name.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setUp } from "./setup.mjs";
import { runScript, StepFailure, statusOf } from "./steps/command.mjs";
import { buildFailing } from "./steps/failingBuild.mjs";
import { buildSanitizedHelper } from "./steps/nativeHelper.mjs";
import { ensureNodeModules } from "./steps/nodeModules.mjs";
import { failingDirectory, helperPath, projectRoot, sanitizedHelperPath } from "./steps/project.mjs";
import { fuzzStage, fuzzTargets } from "./testing/fuzzStage.mjs";
import { machineStage } from "./testing/machineStage.mjs";
import { runFiles } from "./testing/runFiles.mjs";
import { bundleTests, testFilesBelow } from "./testing/testFiles.mjs";

const directories = ["unit", "integration", "security", "failures"];
const stageNames = ["check", ...directories, "sanitized", "fuzz", "vm"];

/** `--seconds N` and the words without it. */
function takeSeconds(words) {
  const at = words.indexOf("--seconds");
  if (at < 0) return { seconds: 60, words };
  const seconds = Number(words[at + 1]);
  if (!(seconds > 0)) throw new StepFailure("--seconds needs a number above 0");
  return { seconds, words: words.toSpliced(at, 2) };
}

function parseWords(given) {
  const { seconds, words } = takeSeconds(given);
  const flags = words.filter((word) => word.startsWith("--"));
  const unknown = flags.filter((flag) => flag !== "--verbose" && flag !== "--shared-machine");
  if (unknown.length > 0) throw new StepFailure(`unknown flag "${unknown[0]}"`);
  const rest = words.filter((word) => !word.startsWith("--") && word !== "all");
  const named = rest.filter((word) => stageNames.includes(word));
  const patterns = rest.filter((word) => !stageNames.includes(word));
  const chosen = named.length > 0 ? named : patterns.length > 0 ? directories : stageNames;
  const stages = chosen.filter(
    (stage) => patterns.length === 0 || ["check", "vm"].includes(stage) || filesOf(stage, patterns).length > 0,
  );
  if (stages.length === 0) throw new StepFailure(`no test file has "${patterns.join('" or "')}" in its path`);
  return {
    patterns,
    seconds,
    stages,
    verbose: flags.includes("--verbose") || patterns.length > 0,
    watchLeftovers: !flags.includes("--shared-machine"),
    needsBuild: stages.some((stage) => stage !== "unit" && stage !== "check"),
  };
}

function filesOf(stage, patterns) {
  if (stage === "fuzz") return fuzzTargets(patterns);
  const files = stage === "sanitized" ? sanitizedFiles() : testFilesBelow(stage);
  return patterns.length === 0
    ? files
    : files.filter((file) => patterns.some((pattern) => `test/${file}`.includes(pattern)));
}

/**
 * What the sanitized helper must do as well: hostile input, every way of a payload's streams, logs and signals, and probes. Not
 * the tests in which something races the helper: they say something only at its real speed.
 */
function sanitizedFiles() {
  const races = /V01|V02|V60/;
  const directories = ["security", "integration/run", "integration/health", "integration/logs"];
  return directories.flatMap(testFilesBelow).filter((file) => !races.test(file));
}

const stages = {
  check: checkSources,
  unit: (settings) => runStage(settings, { stage: "unit", concurrency: availableParallelism() }),
  integration: (settings) => runRootStage(settings, { stage: "integration", helper: helperPath }),
  security: (settings) => runRootStage(settings, { stage: "security", helper: helperPath }),
  failures: async (settings) => {
    await buildFailing();
    const [helper, program] = ["build/brig-helper", "bin/brig"].map((name) => join(failingDirectory, name));
    return runRootStage(settings, { stage: "failures", helper, program });
  },
  sanitized: (settings) => {
    buildSanitizedHelper();
    return runRootStage(settings, { stage: "sanitized", helper: sanitizedHelperPath });
  },
  fuzz: (settings) => fuzzStage(settings),
  vm: () => machineStage(),
};

async function checkSources() {
  const tool = (name) => join(projectRoot, "node_modules/.bin", name);
  const tools = [
    ["type check", tool("tsc"), ["--noEmit"]],
    ["lint", tool("biome"), ["check", "."]],
    ["references", process.execPath, ["scripts/references.mjs", "--check"]],
  ];
  const totals = { passed: 0, failed: 0 };
  for (const [name, program, args] of tools) {
    const status = await statusOf(program, args, { cwd: projectRoot });
    if (status === 0) totals.passed += 1;
    else totals.failed += 1;
    process.stdout.write(status === 0 ? `ok     ${name}\n` : `FAILED ${name}\n`);
  }
  return totals;
}

async function runRootStage(settings, { stage, helper, program }) {
  if (process.getuid() !== 0) {
    throw new StepFailure(`the ${stage} tests need root: they make namespaces, mounts and cgroups`, "sudo npm test");
  }
  const watch = settings.watchLeftovers ? await import("./testing/leftoverStage.mjs") : undefined;
  const before = await watch?.takeSnapshot();
  const totals = await runStage(settings, {
    stage,
    concurrency: Math.min(2, availableParallelism()),
    env: { BRIG_HELPER: helper, ...(program === undefined ? {} : { BRIG_PROGRAM: program }) },
  });
  return watch === undefined ? totals : watch.addLeftovers(totals, { before, stage });
}

async function runStage({ patterns, verbose }, { stage, concurrency, env }) {
  const files = filesOf(stage, patterns);
  if (files.length === 0) throw new StepFailure(`there is no ${stage} test`);
  const started = Date.now();
  const { bundled, dispose } = await bundleTests(files);
  try {
    const onResult = (line) => {
      if (verbose || line.startsWith("FAILED")) process.stdout.write(`${line}\n`);
    };
    const totals = await runFiles({ bundled, concurrency, ownNetwork: stage !== "unit", env, onResult });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    process.stdout.write(
      `${stage}: ${totals.passed} passed, ${totals.failed} failed (${files.length} files, ${seconds} s)\n`,
    );
    return totals;
  } finally {
    dispose();
  }
}

await runScript(async (words) => {
  const settings = parseWords(words);
  const totals = { passed: 0, failed: 0 };
  const add = ({ passed, failed }) => {
    totals.passed += passed;
    totals.failed += failed;
  };
  try {
    if (settings.needsBuild) await setUp(["test"]);
    else ensureNodeModules();
    for (const stage of settings.stages) add(await stages[stage](settings));
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    process.stdout.write(`FAILED ${error.message}\n`);
    add({ passed: 0, failed: 1 });
  }
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
});
