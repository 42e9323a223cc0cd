// npm run test:vm [-- [--engine NAME] PATTERN...]: the tests of test/vm, in throw-away machines with pure cgroup v2.
//
// All run on two user-mode kernels, the oldest that brig supports ("floor") and a recent one ("uml"). A test that neither
// kernel has the means for runs on the recent one with SELinux switched on ("selinux"), or else on an emulated machine with
// every controller and AppArmor ("tcg"); one that ran nowhere failed.
// The files of test/vm/systemd run where Debian's systemd is process 1 ("systemd", the kernel of "uml"), and once more with that
// of the next release ("systemd-next").
// The files of test/vm/reboot run in two boots with one disk, told by BRIG_VM_BOOT which it is.
// `--engine NAME` runs everything on that one only. A word selects test files by a part of their path. The last line is
// "N passed, N failed".
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { setUp } from "./setup.mjs";
import { runScript, StepFailure } from "./steps/command.mjs";
import { buildDirectory, distDirectory, helperPath, projectRoot } from "./steps/project.mjs";
import { bundleTests, testFilesBelow } from "./testing/testFiles.mjs";
import { engines } from "./vm/engines.mjs";
import { runInMachine } from "./vm/machine.mjs";

/** Where everything runs, and where what is for systemd: with one processor each, and the oldest is the slowest. */
const lanes = [["floor"], ["systemd", "systemd-next", "uml"]];
const managedEngines = ["systemd", "systemd-next"];
/** Where the rest runs. */
const lastEngines = ["selinux", "tcg"];

/** Runs the tests of `job` in one boot of an engine; resolves with its results (see vm/runInside.mjs). */
async function runOn(engine, job, { boot = "", keptDisk } = {}) {
  mkdirSync(buildDirectory, { recursive: true });
  const exchange = mkdtempSync(join(buildDirectory, "vm-"));
  const started = Date.now();
  try {
    writeFileSync(join(exchange, "job.json"), JSON.stringify({ ...job, pinned: pinBuild(exchange) }));
    const status = await runInMachine({
      engine,
      memory: "2G",
      cpus: 2,
      disk: "2G",
      keptDisk,
      writable: [exchange],
      timeoutSeconds: 1200,
      command: [process.execPath, join(projectRoot, "scripts/vm/runInside.mjs"), exchange],
      cwd: projectRoot,
      env: {
        PATH: process.env.PATH,
        HOME: "/root",
        LANG: "C.UTF-8",
        BRIG_TEST_DIR: "/disk",
        BRIG_VM_ENGINE: engine,
        BRIG_VM_BOOT: boot,
      },
      stdout: process.stdout,
      stderr: process.stderr,
    });
    const { kernel, results } = JSON.parse(readResults(exchange, { engine, status }));
    report({ engine, kernel, results, seconds: (Date.now() - started) / 1000 });
    return results;
  } finally {
    rmSync(exchange, { recursive: true, force: true });
  }
}

/** Runs the tests of `job` in two boots of an engine, the second of which finds the disk as the first left it. */
async function runAcrossReboot(engine, job) {
  const directory = mkdtempSync(join(buildDirectory, "disk-"));
  try {
    const results = [];
    for (const boot of ["1", "2"]) {
      results.push(...(await runOn(engine, job, { boot, keptDisk: join(directory, "disk") })));
    }
    return results;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Copies what is tested, so that it stays the same for as long as the machine runs. */
function pinBuild(exchange) {
  return [distDirectory, helperPath].map((original) => {
    const copy = join(exchange, basename(original));
    cpSync(original, copy, { recursive: true, preserveTimestamps: true });
    return { copy, original };
  });
}

function readResults(exchange, { engine, status }) {
  try {
    return readFileSync(join(exchange, "results.json"), "utf8");
  } catch {
    throw new StepFailure(`the tests on engine "${engine}" ended with status ${status} and without results`);
  }
}

function report({ engine, kernel, results, seconds }) {
  const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
  for (const { source, name, reason } of results.filter((result) => result.outcome === "failed")) {
    process.stdout.write(
      `FAILED on ${engine}: ${source}: ${name}\n         ${reason.replaceAll("\n", "\n         ")}\n`,
    );
  }
  const lacking = count("lacking") === 0 ? "" : `, ${count("lacking")} for another kernel`;
  process.stdout.write(
    `${engine} (Linux ${kernel}): ${count("passed")} passed, ${count("failed")} failed${lacking} (${seconds.toFixed(1)} s)\n`,
  );
}

const keyOf = ({ source, name }) => `${source}: ${name}`;

/** Tests that no engine so far had the means for. */
function untried(results) {
  const ran = new Set(results.filter(({ outcome }) => outcome !== "lacking").map(keyOf));
  return results.filter((result) => !ran.has(keyOf(result)));
}

function parseWords(words) {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { engine: { type: "string" } },
  });
  if (values.engine !== undefined && engines[values.engine] === undefined) {
    throw new StepFailure(`no engine "${values.engine}": there are ${Object.keys(engines).join(", ")}`);
  }
  const files = testFilesBelow("vm").filter(
    (file) => positionals.length === 0 || positionals.some((pattern) => `test/${file}`.includes(pattern)),
  );
  if (files.length === 0)
    throw new StepFailure(`no test file below test/vm has "${positionals.join('" or "')}" in its path`);
  return { engine: values.engine, files };
}

async function runAll({ engine, files }) {
  const { bundled, dispose } = await bundleTests(files);
  try {
    const all = files.map((source) => ({ source, bundle: bundled.get(source) }));
    const across = all.filter(({ source }) => source.startsWith("vm/reboot/"));
    const managed = all.filter(({ source }) => source.startsWith("vm/systemd/"));
    const within = all.filter((file) => !across.includes(file) && !managed.includes(file));
    const isManaged = (name) => managedEngines.includes(name);
    const run = async (name, { forSystemd, forAll }) => [
      ...(forSystemd && managed.length > 0 ? await runOn(name, { files: managed }) : []),
      ...(forAll && within.length > 0 ? await runOn(name, { files: within }) : []),
      ...(forAll && across.length > 0 ? await runAcrossReboot(name, { files: across }) : []),
    ];
    const inTurn = async (names) => {
      const results = [];
      for (const name of names)
        results.push(...(await run(name, { forSystemd: isManaged(name), forAll: !isManaged(name) })));
      return results;
    };
    const results =
      engine === undefined
        ? (await Promise.all(lanes.map(inTurn))).flat()
        : await run(engine, { forSystemd: isManaged(engine), forAll: true });
    for (const name of engine === undefined ? lastEngines : []) {
      const rest = untried(results);
      if (rest.length === 0) break;
      const sources = new Set(rest.map(({ source }) => source));
      const names = [...new Set(rest.map(({ name }) => name))];
      results.push(...(await runOn(name, { files: all.filter(({ source }) => sources.has(source)), names })));
    }
    return results;
  } finally {
    dispose();
  }
}

await runScript(async (words) => {
  if (process.getuid() !== 0)
    throw new StepFailure("the machine needs root to share this system's files", "sudo npm run test:vm");
  const request = parseWords(words);
  await setUp(["test"]);
  const results = await runAll(request);
  const nowhere = request.engine === undefined ? [...new Set(untried(results).map(keyOf))] : [];
  for (const name of nowhere) process.stdout.write(`FAILED no kernel had the means for ${name}\n`);
  const passed = results.filter(({ outcome }) => outcome === "passed").length;
  const failed = results.filter(({ outcome }) => outcome === "failed").length + nowhere.length;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
});
