import assert from "node:assert/strict";
import test from "node:test";
import { forEachArgument, manyAtOnce } from "../../../../src/cli/commands/eachArgument.ts";

/** Counts how many actions are under way; each ends when all others that can have begun, the last argument first. */
function gate() {
  const state = { now: 0, most: 0 };
  const act = async (argument: string): Promise<string> => {
    state.now += 1;
    state.most = Math.max(state.most, state.now);
    for (let turn = 100 - Number(argument); turn > 0; turn -= 1) await Promise.resolve();
    state.now -= 1;
    if (argument === "3") throw new Error("three");
    return `${argument}\n`;
  };
  return { state, act };
}

const arguments_ = Array.from({ length: 40 }, (_, index) => String(index));

test("forEachArgument() keeps the order of the arguments, however they end, and goes on after a failure", async () => {
  const { state, act } = gate();
  const { output, failures } = await forEachArgument(arguments_, act, manyAtOnce);
  assert.equal(
    output,
    arguments_
      .filter((argument) => argument !== "3")
      .join("\n")
      .concat("\n"),
  );
  assert.deepEqual(failures, [new Error("three")]);
  assert.equal(state.most, manyAtOnce);
});

test("forEachArgument() does one after the other unless it is told otherwise", async () => {
  const { state, act } = gate();
  await forEachArgument(arguments_, act);
  assert.equal(state.most, 1);
});

test("forEachArgument() does the same argument again after the first, never beside it", async () => {
  const { state, act } = gate();
  const { output, failures } = await forEachArgument(["3", "3", "3"], act, manyAtOnce);
  assert.equal(state.most, 1);
  assert.deepEqual({ output, failures: failures.length }, { output: "", failures: 3 });
});
