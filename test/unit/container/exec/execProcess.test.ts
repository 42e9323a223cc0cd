import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import type { ExecOptions } from "../../../../src/container/exec/execOptions.ts";
import { execProcess } from "../../../../src/container/exec/execProcess.ts";
import { parseDetachKeys } from "../../../../src/container/options/detachKeys.ts";
import { sampleSpec } from "../../launch/sampleRequest.ts";

const env = ["PATH=/bin", "HOSTNAME=box", "A=1", "HOME=/home/app"];
const spec = { ...sampleSpec, process: { ...sampleSpec.process, env } };
const options: ExecOptions = { container: "c", command: ["true"] };
const root = { uid: 0, gid: 0, additionalGids: [0], home: "/root" };

function make(change: Partial<ExecOptions>, user?: typeof root, ownHome = "/home/app") {
  return execProcess({
    spec,
    options: { ...options, ...change },
    ...(user === undefined ? {} : { user, ownHome }),
    everyCapability: ["CAP_SYS_ADMIN", "CAP_CHOWN"],
  });
}

test("execProcess() is the container's own process with another command", () => {
  const made = make({});
  assert.deepEqual(made, { ...spec.process, args: ["true"], capabilities: { ...made.capabilities } });
  assert.deepEqual(made.capabilities.bounding, ["CAP_CHOWN", "CAP_KILL"]);
});

test("execProcess() gives capabilities to root only, and inheritable or ambient ones to nobody", () => {
  assert.deepEqual(make({}).capabilities.effective, []);
  assert.deepEqual(make({}, root).capabilities.effective, ["CAP_CHOWN", "CAP_KILL"]);
  assert.deepEqual(make({ privileged: true }, root).capabilities.effective, ["CAP_SYS_ADMIN", "CAP_CHOWN"]);
  for (const made of [make({}), make({}, root), make({ privileged: true }, root)]) {
    assert.deepEqual([made.capabilities.inheritable, made.capabilities.ambient], [[], []]);
  }
});

test("execProcess() lets given variables win, and a bare name takes one away", () => {
  assert.deepEqual(
    make({ env: ["A=2", "B=3", "HOSTNAME"] }).env,
    ["PATH=/bin", "A=2", "B=3", "HOME=/home/app"].sort(byName),
  );
});

function byName(one: string, other: string): number {
  const order = ["PATH", "HOME", "A", "B"];
  const at = (entry: string) => order.indexOf(entry.split("=")[0] ?? "");
  return at(one) - at(other);
}

test("execProcess() lets HOME follow the user unless the container chose it", () => {
  const homeOf = (list: readonly string[]) => list.find((entry) => entry.startsWith("HOME="));
  assert.equal(homeOf(make({}, root).env), "HOME=/root");
  assert.equal(homeOf(make({}, root, "/elsewhere").env), "HOME=/home/app");
  assert.equal(homeOf(make({ env: ["HOME=/x"] }, root).env), "HOME=/x");
});

test("execProcess() sets TERM with a terminal only", () => {
  assert.ok(make({ tty: true }).env.includes("TERM=xterm"));
  assert.ok(!make({}).env.some((entry) => entry.startsWith("TERM=")));
  assert.ok(make({ tty: true, env: ["TERM=dumb"] }).env.includes("TERM=dumb"));
});

test("execProcess() starts in the container's directory unless told otherwise", () => {
  assert.equal(make({}).cwd, "/srv");
  assert.equal(make({ workdir: "/tmp" }).cwd, "/tmp");
});

test("execProcess() refuses words that no process can have", () => {
  const refused = (error: unknown) => error instanceof EngineError && error.code === "invalidValue";
  for (const change of [{ command: ["a\0b"] }, { env: ["=x"] }, { env: [""] }, { env: ["A=\0"] }, { user: "a\nb" }]) {
    assert.throws(() => make(change), refused, JSON.stringify(change));
  }
});

test("parseDetachKeys() reads characters and control characters as a terminal sends them", () => {
  assert.equal(parseDetachKeys("ctrl-p,ctrl-q"), "\x10\x11");
  assert.equal(parseDetachKeys("a,ctrl-[,ctrl-\\,ctrl-_"), "a\x1b\x1c\x1f");
  assert.equal(parseDetachKeys(""), "");
  for (const text of ["ctrl-", "ctrl-P", "ab", "a,,b", ",", "ctrl-@", "ctrl-1", "\n", "ä", "a".repeat(200)]) {
    assert.throws(() => parseDetachKeys(text), /invalid detach keys/, text);
  }
});
