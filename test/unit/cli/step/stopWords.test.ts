import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { obey, type Prompt } from "../../../../src/cli/step/stopWords.ts";
import type { LaunchStop, StopSnapshot } from "../../../../src/container/index.ts";

const empty: StopSnapshot = {
  namespaces: new Map([["net", "4026"]]),
  process: new Map(),
  capabilities: new Map(),
  limits: new Map(),
  mounts: new Map(),
  cgroup: new Map(),
  network: new Map(),
};

const never = async (): Promise<never> => {
  throw new Error("answered by the word itself");
};

function prompt(snapshot: () => Promise<StopSnapshot> = async () => empty) {
  const said: string[] = [];
  const commands: string[] = [];
  const before = { id: "root.pivot", phase: "child", op: "pivot", fields: { a: "b" }, why: "because" } as const;
  const answers = { next: never, skip: never, hasten: never, quit: never, shell: never };
  const stop: LaunchStop = { process: "child", pid: 7, named: true, before, snapshot, ...answers };
  const around: Prompt = {
    stop,
    earlier: { ...empty, mounts: new Map([["/old", "ext4"]]) },
    say: (text) => void said.push(text),
    openShell: async (command) => void commands.push(command),
  };
  return { around, said, commands };
}

test("the words that end a question say what follows, by their names and letters", async () => {
  const { around, said } = prompt();
  const verdicts = await Promise.all(["n", " next ", "c", "skip", "q", "quit", ""].map((line) => obey(line, around)));
  assert.deepEqual(verdicts, ["next", "next", "continue", "skip", "quit", "quit", "stay"]);
  assert.deepEqual(said, []);
});

test("p shows the next step, ns a section of the snapshot, diff what changed since the stop before", async () => {
  const { around, said } = prompt();
  for (const line of ["p", "ns", "diff"]) assert.equal(await obey(line, around), "stay");
  assert.match(said[0] ?? "", /^step +root\.pivot\nphase +child\noperation +pivot\n {2}a +b\nwhy +because\n$/);
  assert.match(said[1] ?? "", /^net +4026\n$/);
  assert.equal(said[2], "- mounts: /old  ext4\n");
});

test("sh takes a command, no other word takes anything, and an unknown one is told with the nearest", async () => {
  const { around, said, commands } = prompt();
  for (const line of ["sh", "sh ls  /x", "next 3", "mouts"]) assert.equal(await obey(line, around), "stay");
  assert.deepEqual(commands, ["", "ls  /x"]);
  assert.deepEqual(said, ["next takes nothing more\n", 'unknown word; did you mean "mounts"?\n']);
});

test("what cannot be looked at is told, and the question is asked again", async () => {
  const { around, said } = prompt(async () => {
    throw new EngineError("fileSystem", "cannot read it");
  });
  assert.equal(await obey("mounts", around), "stay");
  assert.deepEqual(said, ["cannot read it\n"]);
});
