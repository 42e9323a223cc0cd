// node scripts/defences.mjs [--check | ID...]: shows that tests of named regressions notice when what they test is gone. For each removal of
// scripts/defences/removals.mjs, a build with one defence removed is made in a copy of this clone, and its test must fail.
// Needs root, and about a minute for each; `--check` only looks whether the removals fit the sources, and whether each regression of
// test/security is either in the list of removals or in that of those that are proved otherwise. Ends with "N passed, N failed": a test that went on passing is the failure.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { otherwiseProved, removals } from "./defences/removals.mjs";
import { runQuiet, runScript, StepFailure } from "./steps/command.mjs";
import { ensureNodeModules } from "./steps/nodeModules.mjs";
import { buildDirectory, projectRoot } from "./steps/project.mjs";
import { testFilesBelow } from "./testing/testFiles.mjs";

const copied = [
  "bin",
  "docs",
  "native",
  "scripts",
  "src",
  "test",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "biome.json",
  "README.md",
];
/** A test that hangs without its defence has noticed, too. */
const timeoutMs = 400_000;

/** The text of a file with the edit made; the place of the edit must be exactly one. */
function edited(text, { file, from, to }) {
  if (text.split(from).length !== 2) throw new StepFailure(`"${from}" is not once in ${file}`);
  return text.replace(from, () => to);
}

/** Resolves with the names of the tests that failed in a build without the defence. */
function failuresWithout(removal) {
  mkdirSync(buildDirectory, { recursive: true });
  const copy = mkdtempSync(join(buildDirectory, "defences-"));
  try {
    for (const name of copied) cpSync(join(projectRoot, name), join(copy, name), { recursive: true });
    mkdirSync(join(copy, "build"));
    symlinkSync(join(projectRoot, "build/fixtures"), join(copy, "build/fixtures"));
    // Not one link to all of them: modules count by where they lie, and these must lie in the copy.
    runQuiet("cp", ["-al", join(projectRoot, "node_modules"), join(copy, "node_modules")]);
    for (const edit of removal.edits) {
      const path = join(copy, edit.file);
      writeFileSync(path, edited(readFileSync(path, "utf8"), edit));
    }
    runQuiet(process.execPath, ["scripts/build.mjs"], { cwd: copy });
    const words = ["scripts/test.mjs", "--shared-machine", removal.tests];
    const { stdout } = spawnSync(process.execPath, words, { cwd: copy, encoding: "utf8", timeout: timeoutMs });
    if (!/ passed, \d+ failed/.test(stdout)) return ["it did not end"];
    return [...stdout.matchAll(/^FAILED (.*)$/gm)].map(([, name]) => name);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Whether the edits find their places and the tests are there, without building anything. */
function check(removal) {
  const texts = new Map();
  for (const edit of removal.edits) {
    const text = texts.get(edit.file) ?? readFileSync(join(projectRoot, edit.file), "utf8");
    texts.set(edit.file, edited(text, edit));
  }
  const [directory] = removal.tests.split("/");
  if (!testFilesBelow(directory).some((file) => file.includes(removal.tests))) {
    throw new StepFailure(`there is no test/${removal.tests}`);
  }
}

/** Every regression of test/security is shown to be noticed: by a removal, or else as is written there. */
function checkCoverage() {
  const directory = join(projectRoot, "test/security");
  const heads = readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8"));
  const named = new Set(
    heads.flatMap((text) => [...text.matchAll(/^\/\/ @regression (V\d\d)\b/gm)].map(([, id]) => id)),
  );
  const removed = new Set(removals.map(({ id }) => id));
  for (const id of named) {
    if (removed.has(id) === otherwiseProved.has(id))
      throw new StepFailure(`${id} is in none of the two lists, or in both`);
  }
  for (const id of otherwiseProved.keys()) if (!named.has(id)) throw new StepFailure(`no test is about ${id}`);
}

await runScript((words) => {
  if (words.includes("--check")) {
    removals.forEach(check);
    checkCoverage();
    process.stdout.write(`${removals.length} passed, 0 failed\n`);
    return 0;
  }
  return prove(words);
});

function prove(ids) {
  const chosen = removals.filter(({ id }) => ids.length === 0 || ids.includes(id));
  if (chosen.length === 0) throw new StepFailure("no such removal");
  ensureNodeModules(); // or each copy would install them, in place of ours, which it has by a link
  const totals = { passed: 0, failed: 0 };
  for (const removal of chosen) {
    const failures = failuresWithout(removal);
    totals[failures.length > 0 ? "passed" : "failed"] += 1;
    process.stdout.write(
      failures.length > 0
        ? `ok     ${removal.id} without ${removal.without}: ${failures[0]}\n`
        : `FAILED ${removal.id} without ${removal.without}: test/${removal.tests} passes all the same\n`,
    );
  }
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`);
  return totals.failed === 0 ? 0 : 1;
}
