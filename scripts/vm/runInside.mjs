// Inside the machine: puts the copies that DIRECTORY/job.json names over their originals, so that a build outside does
// not reach the tests, runs the bundled test files one after the other, and writes
// DIRECTORY/results.json: { kernel, results: [{ source, name, outcome: "passed"|"failed"|"lacking", reason }] }.
// "lacking" is a test that skipped itself because this kernel has not what it needs (test/support/machine.ts).
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { inspect } from "node:util";

const directory = process.argv[2];
const { files, names, pinned } = JSON.parse(readFileSync(join(directory, "job.json"), "utf8"));
for (const { copy, original } of pinned) execFileSync("mount", ["--bind", copy, original]);

function resultOf(type, { name, file, details, skip }, source) {
  if (type === "test:fail") {
    const cause = details.error?.cause ?? details.error;
    return { source, name, outcome: "failed", reason: cause?.stack ?? inspect(cause) };
  }
  if (name === file) return { source, name, outcome: "failed", reason: "the file holds no test" };
  if (skip === undefined || skip === false) return { source, name, outcome: "passed", reason: "" };
  const lacking = typeof skip === "string" && skip.startsWith("this kernel has no ");
  return { source, name, outcome: lacking ? "lacking" : "failed", reason: `skipped: ${skip}` };
}

process.env.NODE_OPTIONS = "--enable-source-maps";
const results = [];
const testNamePatterns = names?.map((name) => new RegExp(`^${name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}$`));
const only = names === undefined ? {} : { testNamePatterns };
for (const { source, bundle } of files) {
  for await (const { type, data } of run({ files: [bundle], timeout: 600_000, ...only })) {
    if (type === "test:stderr") process.stderr.write(data.message);
    if (type !== "test:pass" && type !== "test:fail") continue;
    const brokenInside = data.details?.error?.failureType === "subtestsFailed";
    if (data.details?.type === "suite" && (type === "test:pass" || brokenInside)) continue;
    if (names !== undefined && !names.includes(data.name)) continue;
    results.push(resultOf(type, data, source));
  }
}
writeFileSync(join(directory, "results.json"), JSON.stringify({ kernel: release(), results }));
