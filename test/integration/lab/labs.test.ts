import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, test } from "node:test";
import { labs } from "../../../src/lab/index.ts";
import { createRoot, disposeRoot, runBrig } from "../../support/brig.ts";
import { passThroughLab } from "../../support/labRun.ts";

const root = createRoot();
after(() => disposeRoot(root));

const brig = (...args: string[]) => runBrig(args, { root });

/** Those that need limits are tried in the virtual machine. */
for (const lab of labs.filter(({ needs }) => needs === undefined)) {
  test(`lab ${lab.number} (${lab.id}) is broken, is solved by its answer and leaves nothing`, () =>
    passThroughLab(lab, root));
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
  const solved = await brig("lab", "solve", "2");
  assert.match(solved.stdout, /^The answer: brig lab fix 2 mnt\.\/proc\.shown\n/, solved.stderr);
  assert.match((await brig("lab", "check", "2")).stdout, /^Lab 2: passed\./);
  assert.equal((await brig("lab", "stop", "2")).code, 0);
  assert.deepEqual(readdirSync(root.root).includes("labs"), false);
});

test("lab fix refuses flags that would share something with the machine", async () => {
  assert.equal((await brig("lab", "start", "3")).code, 0);
  for (const flags of [["--pid", "host"], ["--privileged"], ["-v", "/etc:/mnt"], ["--network", "host"]]) {
    assert.match((await brig("lab", "fix", "3", ...flags)).stderr, /shares no namespace, file or device/);
  }
  assert.equal((await brig("lab", "stop", "3")).code, 0);
});
