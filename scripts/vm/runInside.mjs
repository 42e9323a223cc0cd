// Inside the machine: runs the bundled test files that DIRECTORY/job.json names, one after the other, and writes
// DIRECTORY/results.json: { kernel, results: [{ source, name, outcome: "passed"|"failed"|"lacking", reason }] }.
// "lacking" is a test that skipped itself because this kernel has not what it needs (test/support/machine.ts).
import { readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { run } from "node:test";
import { inspect } from "node:util";

const directory = process.argv[2];
const { files, names } = JSON.parse(readFileSync(join(directory, "job.json"), "utf8"));
const sources = new Map(files.map(({ source, bundle }) => [bundle, source]));

function resultOf(type, { name, file, details, skip }) {
  const source = sources.get(file) ?? file;
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
const options = { files: [...sources.keys()], concurrency: 1, timeout: 600_000 };
for await (const { type, data } of run({ ...options, ...(names === undefined ? {} : { testNamePatterns }) })) {
  if (type === "test:stderr") process.stderr.write(data.message);
  if (type !== "test:pass" && type !== "test:fail") continue;
  if (data.details?.type === "suite" && (type === "test:pass" || data.details.error?.failureType === "subtestsFailed"))
    continue;
  if (names !== undefined && !names.includes(data.name)) continue;
  results.push(resultOf(type, data));
}
writeFileSync(join(directory, "results.json"), JSON.stringify({ kernel: release(), results }));
