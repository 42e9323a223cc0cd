// Runs bundled test files with Node's own runner, one process a file, and counts what ended how.
import { join } from "node:path";
import { run } from "node:test";
import { inspect } from "node:util";
import { showFile } from "./testFiles.mjs";

const nodeInOwnNetwork = join(import.meta.dirname, "node-in-own-network");

/**
 * With `ownNetwork` each file runs in a network namespace of its own, for which it needs root. Node's runner starts what
 * `process.execPath` names; the processes themselves find the real Node there.
 *
 * @param {{bundled: Map<string, string>, concurrency: number, ownNetwork: boolean, env?: Record<string, string>, onResult: (line: string) => void}} settings
 * @returns {Promise<{passed: number, failed: number}>} a skipped or todo test and a file without tests count as failed
 */
export async function runFiles({ bundled, concurrency, ownNetwork, env = {}, onResult }) {
  const sources = new Map([...bundled].map(([source, bundle]) => [bundle, source]));
  const totals = { passed: 0, failed: 0 };
  const output = new Map();
  Object.assign(process.env, env);
  process.env.NODE_OPTIONS = "--enable-source-maps";
  const node = process.execPath;
  process.env.BRIG_TEST_NODE = node;
  if (ownNetwork) {
    process.execPath = nodeInOwnNetwork;
    process.env.BRIG_TEST_OUTER_NETWORK = `/proc/${process.pid}/ns/net`;
  }
  const stream = run({ files: [...bundled.values()], concurrency, timeout: 1_200_000 });
  for await (const { type, data } of stream) {
    if (type === "test:stdout" || type === "test:stderr") keepOutput(output, data);
    if (type !== "test:pass" && type !== "test:fail") continue;
    const source = sources.get(data.file) ?? showFile(data.file);
    const verdict = judge(type, data);
    if (verdict === undefined) continue;
    totals[verdict.passed ? "passed" : "failed"] += 1;
    onResult(verdict.passed ? passLine(data, source) : failLines(data, source, verdict, output.get(data.file)));
    output.delete(data.file);
  }
  process.execPath = node;
  delete process.env.NODE_OPTIONS;
  delete process.env.BRIG_TEST_NODE;
  delete process.env.BRIG_TEST_OUTER_NETWORK;
  for (const name of Object.keys(env)) delete process.env[name];
  return totals;
}

/** Suites are not counted, their tests are; the file itself only when it failed outside of its tests or has none. */
function judge(type, { name, file, details, skip, todo }) {
  const wholeFile = name === file;
  if (type === "test:pass" && details?.type === "suite") return undefined;
  if (type === "test:fail" && details?.type === "suite" && details.error?.failureType === "subtestsFailed")
    return undefined;
  if (type === "test:fail") return { passed: false, reason: describeError(details.error) };
  if (wholeFile) return { passed: false, reason: "the file holds no test" };
  if (skip !== undefined && skip !== false)
    return { passed: false, reason: `skipped: ${skip === true ? "no reason given" : skip}` };
  if (todo !== undefined && todo !== false) return { passed: false, reason: "marked as todo" };
  return { passed: true };
}

function describeError(error) {
  const cause = error?.cause ?? error;
  if (cause instanceof Error || typeof cause?.stack === "string") return cause.stack;
  return typeof cause === "string" ? cause : inspect(cause);
}

function passLine({ name, details }, source) {
  return `ok     ${source}: ${name} (${Math.round(details.duration_ms)} ms)`;
}

function failLines({ name, file }, source, { reason }, output = "") {
  const title = name === file ? source : `${source}: ${name}`;
  const indented = `${reason}\n${output}`.trimEnd().replaceAll("\n", "\n         ");
  return `FAILED ${title}\n         ${indented}`;
}

/** What a file printed is shown beside its next failure: 16 KiB of it at most. */
function keepOutput(output, { file, message }) {
  output.set(file, `${output.get(file) ?? ""}${message}`.slice(-16_384));
}
