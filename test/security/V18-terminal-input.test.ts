// @regression V18 CVE-2017-5226
// @wrong A program in a container pushed characters into the terminal of its caller, whose shell took them for commands.
// @defence A container never has the caller's terminal: its streams are pipes, or a pty of its own in a session of its own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { brigCommand, brigEnvironment, createRoot, disposeRoot, type TestRoot } from "../support/brig.ts";
import { importHostile, quietRun } from "../support/hostileImage.ts";
import { nativeProgram } from "../support/nativeProgram.ts";
import { Terminal } from "../support/terminal.ts";

let root: TestRoot;

before(async () => {
  root = createRoot();
  const content = readFileSync(await nativeProgram("attack"));
  await importHostile(root, { name: "attack", entries: [{ name: "attack", mode: 0o755, content }] });
});
after(() => disposeRoot(root));

const pushes = [0, 1, 2].flatMap((fd) => [`push-back-${fd}`, `paste-${fd}`]).join(" ");

for (const flags of [["-i"], ["-it"], ["-it", "--cap-add=SYS_ADMIN", "--userns=host"]]) {
  test(`V18: nothing that run ${flags.join(" ")} pushes back is typed at the caller`, async () => {
    const run = brigCommand(root, [...quietRun, ...flags, "attack", "/attack", ...pushes.split(" ")]).join(" ");
    const caller = `${run}; echo asked; read -r line; echo "got <$line>"`;
    const terminal = await Terminal.open({
      argv: ["/bin/sh", "-c", caller],
      env: brigEnvironment(root),
      directory: root.directory,
    });
    try {
      const screen = await terminal.waitFor(/^asked$/m);
      assert.match(screen, /^!?push-back-0 \d+$/m);
      if (flags[0] === "-i") assert.equal(screen.match(/^push-back-\d 25$/gm)?.length, 3, screen); // ENOTTY
      await terminal.type("typed", "Enter");
      assert.match(await terminal.waitFor(/^got /m), /^got <typed>$/m);
    } finally {
      await terminal.close();
    }
  });
}

test("V18: what is pushed back on the caller's own terminal is typed at it, so the attack works", async () => {
  const program = await nativeProgram("attack");
  const caller = `${program} push-back-0; echo asked; read -r line; echo "got <$line>"`;
  const terminal = await Terminal.open({
    argv: ["/bin/sh", "-c", caller],
    env: brigEnvironment(root),
    directory: root.directory,
  });
  try {
    await terminal.waitFor(/^asked$/m);
    await terminal.type("typed", "Enter");
    assert.doesNotMatch(await terminal.waitFor(/^got /m), /^got <typed>$/m);
  } finally {
    await terminal.close();
  }
});
