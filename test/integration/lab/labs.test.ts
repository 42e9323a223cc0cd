import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Lab, labs } from "../../../src/lab/index.ts";
import { createRoot, disposeRoot, runBrig } from "../../support/brig.ts";

const root = createRoot();
after(() => disposeRoot(root));

const brig = (...args: string[]) => runBrig(args, { root });

/** Those that need limits are tried in the virtual machine. */
for (const lab of labs.filter(({ needs }) => needs === undefined)) {
  test(`lab ${lab.number} (${lab.id}) is broken, is solved by its answer and leaves nothing`, () => passThrough(lab));
}

async function passThrough({ number, fault }: Lab): Promise<void> {
  const name = String(number);
  const started = await brig("lab", "start", name);
  assert.equal(started.code, 0, started.stderr);
  const broken = await check(name);
  assert.equal(broken.Passed, false, broken.Evidence);
  const words = fault.kind === "steps" ? fault.answer : fault.answer.words;
  const fixed = await brig("lab", "fix", name, ...words);
  assert.equal(fixed.code, 0, fixed.stderr);
  const repaired = await check(name);
  assert.equal(repaired.Passed, true, repaired.Evidence);
  const solved = await brig("lab", "solve", name);
  assert.equal(solved.code, 0, solved.stderr);
  const again = await check(name);
  assert.equal(again.Passed, true, again.Evidence);
  const stopped = await brig("lab", "stop", name);
  assert.equal(stopped.code, 0, stopped.stderr);
  for (const directory of [root.root, root.runRoot]) assert.equal(existsSync(join(directory, "labs")), false);
}

async function check(name: string): Promise<{ readonly Passed: boolean; readonly Evidence: string }> {
  const { stdout, stderr } = await brig("lab", "check", "--format", "json", name);
  assert.notEqual(stdout, "", stderr);
  const verdict: unknown = JSON.parse(stdout);
  const { Passed, Evidence } = verdict as { Passed: boolean; Evidence: string };
  return { Passed, Evidence };
}

test("lab list, hint and shell; a lab that is not started is refused", async () => {
  const list = await brig("lab", "list");
  assert.match(list.stdout, /mount-leak/);
  const refused = await brig("lab", "hint", "2");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /lab 2 is not started/);
  await brig("lab", "start", "2");
  assert.match((await brig("lab", "hint", "2")).stdout, /^Hint 1 of/);
  assert.match((await brig("--lang", "ko", "lab", "hint", "own-proc")).stdout, /^힌트 2\//);
  assert.match((await brig("lab", "list")).stdout, /own-proc .*started/);
  const inside = await brig("lab", "shell", "2", "brig", "ps", "--format", "{{.Names}}");
  assert.equal(inside.stdout, "lab\n", inside.stderr);
  const interfaces = await brig("lab", "shell", "2", "ip", "-br", "link");
  assert.match(interfaces.stdout, /^lo [^\n]*\n$/);
  const wrong = await brig("lab", "fix", "2", "no.such.step");
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /the plan has no step "no.such.step"/);
  assert.equal((await brig("lab", "fix", "2", "--init")).code, 125);
  assert.equal((await brig("lab", "stop", "2")).code, 0);
  assert.deepEqual(readdirSync(root.root).includes("labs"), false);
});
