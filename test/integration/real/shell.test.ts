import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";
import { Terminal } from "../../support/terminal.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

/** A user's shell in a terminal, in which `brig` is the brig under test. */
async function withTerminal(use: (terminal: Terminal) => Promise<void>): Promise<void> {
  const words = brigCommand(root, []).join(" ");
  const argv = [
    "/bin/sh",
    "-c",
    `brig() { ${words} "$@"; }; while printf 'host> ' && read -r line; do eval "$line"; status=$?; done`,
  ];
  const terminal = await Terminal.open({ argv, env: brigEnvironment(root), directory: root.directory });
  try {
    await terminal.waitFor(/host> $|host>$/);
    await use(terminal);
  } finally {
    await terminal.close();
  }
}

const state = async (name: string) =>
  (await brigOk(["inspect", "-f", "{{.State.Status}}", name], { root })).stdout.trim();

test("a shell is used, resized, interrupted, detached from, attached to again and left", () =>
  withTerminal(async (terminal) => {
    try {
      await terminal.type(`brig run -it --name sh --network none ${image}`, "Enter");
      await terminal.waitFor(/^\/ # ?$/m);
      await terminal.type("kept=yes; stty size", "Enter");
      await terminal.waitFor(/^24 80$/m);
      await terminal.resize(100, 30);
      await terminal.type("stty size", "Enter");
      await terminal.waitFor(/^30 100$/m);
      await terminal.start("sleep 1000");
      await terminal.type("", "C-c");
      await terminal.type("echo status=$?", "Enter");
      await terminal.waitFor(/^status=130$/m);
      await terminal.type("", "C-p", "C-q");
      await terminal.waitFor(/host> ?$/);
      assert.equal(await state("sh"), "running");
      await terminal.type("clear; stty -a | grep -o -w -e '-*icanon' -e '-*echo' | tr '\\n' ' '", "Enter");
      await terminal.waitFor(/^(icanon echo|echo icanon)/m);
      await terminal.resize(90, 25);
      await terminal.type("clear; brig attach sh", "Enter");
      await terminal.waitFor(/^\/ # ?$/m);
      // the new size is sent after the connection is made: it arrives, but not before what is typed at once
      await terminal.type("until stty size | grep -q 25; do :; done; echo kept=$kept; stty size", "Enter");
      await terminal.waitFor(/^kept=yes\n25 90$/m);
      await terminal.type("exit 5", "Enter");
      await terminal.waitFor(/host> ?$/);
      await terminal.type("echo ended:$status", "Enter");
      await terminal.waitFor(/^ended:5$/m);
      assert.equal(await state("sh"), "exited");
    } finally {
      await removeRunning(root, "sh");
    }
  }));

test("a shell that was started detached takes two terminals at once, and one that lets go leaves the other", () =>
  withTerminal(async (first) => {
    await brigOk(["run", "-dit", "--name", "two", "--network", "none", image], { root });
    try {
      await withTerminal(async (second) => {
        for (const terminal of [first, second]) {
          await terminal.type("clear; brig attach two", "Enter");
          await terminal.waitFor(/^\/ # ?$/m);
        }
        await first.type("echo from-$((1+1))-first", "Enter");
        await second.waitFor(/^from-2-first$/m);
        await second.type("", "C-p", "C-q");
        await second.waitFor(/host> ?$/);
        await first.type("echo still-$((1+1))-here", "Enter");
        await first.waitFor(/^still-2-here$/m);
        assert.doesNotMatch(await second.screen(), /still-2-here/);
        await first.type("exit", "Enter");
        await first.waitFor(/host> ?$/);
      });
    } finally {
      await removeRunning(root, "two");
    }
  }));

test("exec -it in a running service is a terminal of its own", () =>
  withTerminal(async (terminal) => {
    await brigOk(["run", "-d", "--name", "service", "--network", "none", image, "sleep", "1000"], { root });
    try {
      await terminal.type("brig exec -it service sh", "Enter");
      await terminal.waitFor(/^\/ # ?$/m);
      await terminal.resize(70, 20);
      await terminal.type("stty size; tty", "Enter");
      await terminal.waitFor(/^20 70\n\/dev\/pts\/\d+$/m);
      await terminal.start("cat");
      await terminal.type("", "C-d");
      await terminal.type("exit 9", "Enter");
      await terminal.waitFor(/host> ?$/);
      await terminal.type("echo ended:$status", "Enter");
      await terminal.waitFor(/^ended:9$/m);
      assert.equal(await state("service"), "running");
    } finally {
      await removeRunning(root, "service");
    }
  }));
