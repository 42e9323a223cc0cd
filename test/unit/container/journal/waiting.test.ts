import assert from "node:assert/strict";
import { test } from "node:test";
import type { JournalCall } from "../../../../src/container/index.ts";
import { markWaiting, waitedNs } from "../../../../src/container/journal/waiting.ts";

const call = (name: string, startNs: number, tookNs: number): JournalCall => ({
  step: "step",
  why: "",
  process: "host",
  call: name,
  args: "",
  result: 0,
  startNs,
  tookNs,
});

test("waitedNs() counts stops of several processes at one time once", () => {
  assert.equal(
    waitedNs([call("pause", 10, 20), call("mount", 0, 100), call("pause", 20, 30), call("pause", 90, 5)]),
    45,
  );
  assert.equal(waitedNs([call("mount", 0, 100)]), 0);
});

test("markWaiting() says how much of a call fell into a stop of another process", () => {
  const marked = markWaiting([
    call("recvmsg", 0, 100),
    call("pause", 10, 20),
    call("pause", 50, 25),
    call("open", 40, 5),
  ]);
  assert.deepEqual(
    marked.map(({ waitedNs: waited }) => waited),
    [45, 20, 25, undefined],
  );
});
