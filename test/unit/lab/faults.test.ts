import assert from "node:assert/strict";
import test from "node:test";
import type { RunDraft } from "../../../src/cli/flags/runDraft.ts";
import { runFlags } from "../../../src/cli/flags/runFlags.ts";
import { finishRunRequest } from "../../../src/cli/runRequest.ts";
import { type LabRequest, labs } from "../../../src/lab/index.ts";

/** What `run` makes of some flags, each followed by its value or written with "=". */
function requestOf(words: readonly string[]): LabRequest {
  const draft: RunDraft = {
    options: {},
    limits: {},
    envFiles: [],
    labelFiles: [],
    breaks: [],
    caller: { cwd: "/", env: {} },
  };
  const waiting = [...words];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    const [long = "", given] = word.slice(2).split(/=(.*)/s);
    const flag = runFlags.find((candidate) => candidate.long === long);
    assert.ok(flag?.read, `--${long} is a flag of run`);
    flag.read(draft, given ?? (flag.value === undefined ? "true" : (waiting.shift() ?? "")));
  }
  const { image: _, command: __, ...request } = finishRunRequest(draft, []);
  return request;
}

for (const { number, id, fault } of labs) {
  if (fault.kind !== "flags") continue;
  test(`the flags of lab ${number} (${id}) stand for its requests`, () => {
    for (const { words, request } of [fault.broken, fault.answer]) assert.deepEqual(requestOf(words), request);
  });
}
