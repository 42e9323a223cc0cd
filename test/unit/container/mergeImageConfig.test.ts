import assert from "node:assert/strict";
import test from "node:test";
import { completeEnv, executableCandidates } from "../../../src/container/completeEnv.ts";
import { fillDefaults } from "../../../src/container/fillDefaults.ts";
import { mergeImageConfig } from "../../../src/container/mergeImageConfig.ts";
import type { RunOptions } from "../../../src/container/runOptions.ts";
import type { ImageExecution } from "../../../src/oci/index.ts";

const bare: ImageExecution = {
  User: "",
  ExposedPorts: [],
  Env: [],
  Entrypoint: [],
  Cmd: ["sh"],
  Volumes: [],
  WorkingDir: "",
  Labels: new Map(),
};

function merge(options: Partial<RunOptions>, image: Partial<ImageExecution> = {}) {
  return mergeImageConfig(fillDefaults({ image: "x", ...options }), { ...bare, ...image });
}

test("mergeImageConfig() puts entrypoint, command and arguments together as Docker does", () => {
  const both = { Entrypoint: ["/entry", "-a"], Cmd: ["cmd"] };
  const cases: readonly (readonly [Partial<RunOptions>, Partial<ImageExecution>, readonly string[]])[] = [
    [{}, both, ["/entry", "-a", "cmd"]],
    [{ command: ["x", "y"] }, both, ["/entry", "-a", "x", "y"]],
    [{ entrypoint: "/mine" }, both, ["/mine"]],
    [{ entrypoint: "/mine", command: ["x"] }, both, ["/mine", "x"]],
    [{ entrypoint: "", command: ["x"] }, both, ["x"]],
    [{}, {}, ["sh"]],
    [{}, { Entrypoint: ["/entry"], Cmd: [] }, ["/entry"]],
  ];
  for (const [options, image, args] of cases)
    assert.deepEqual(merge(options, image).args, args, JSON.stringify(options));
});

test("mergeImageConfig() wants a command from somebody", () => {
  for (const [options, image] of [
    [{}, { Cmd: [] }],
    [{ entrypoint: "" }, { Entrypoint: ["/entry"], Cmd: ["cmd"] }],
  ] as const) {
    assert.throws(() => merge(options, image), { code: "commandMissing", message: "no command specified" });
  }
});

test("mergeImageConfig() lets the user's words win", () => {
  const image = {
    User: "app",
    WorkingDir: "srv",
    StopSignal: "SIGNOPE",
    Labels: new Map([
      ["a", "1"],
      ["b", "2"],
    ]),
  };
  const merged = merge({ labels: new Map([["b", "3"]]) }, image);
  assert.deepEqual([merged.user, merged.workdir, merged.stopSignal], ["app", "/srv", "SIGTERM"]);
  assert.deepEqual(
    [...merged.labels],
    [
      ["a", "1"],
      ["b", "3"],
    ],
  );
  const own = merge({ user: "1", workdir: "/w/", stopSignal: "int" }, image);
  assert.deepEqual([own.user, own.workdir, own.stopSignal], ["1", "/w", "SIGINT"]);
});

test("the environment has Docker's order, and a bare name takes the image's variable away", () => {
  const { env } = merge(
    { env: ["A=1", "GONE", "PATH=/bin"] },
    { Env: ["A=0", "GONE=x", "B=2", "=bad", "NOVALUE", "HOME="] },
  );
  assert.deepEqual(env, ["A=1", "GONE", "PATH=/bin", "B=2", "HOME="]);
  assert.deepEqual(completeEnv(env, { hostname: "h", tty: true, home: "/root" }), [
    "PATH=/bin",
    "HOSTNAME=h",
    "TERM=xterm",
    "A=1",
    "B=2",
    "HOME=/root",
  ]);
});

test("mergeImageConfig() grants no volume over the root or the kernel's file systems", () => {
  const hostile = ["/", "/proc", "/proc/self", "/sys/x", "/dev", "", "relative", "/../x", "/a/../proc", "/x\ny"];
  const merged = merge({}, { Volumes: [...hostile, "/data", "/data/", "/var//lib"] });
  assert.deepEqual(merged.imageVolumes, ["/data", "/var/lib"]);
  assert.equal(merged.notices.length, hostile.length);
});

test("a mount of the user replaces the image's volume of the same path", () => {
  const mounts = [{ kind: "tmpfs", target: "/data", options: [] }] as const;
  assert.deepEqual(merge({ mounts }, { Volumes: ["/data", "/more"] }).imageVolumes, ["/more"]);
});

test("fillDefaults() refuses a member that it does not know", () => {
  const options = { image: "x", readonly: true };
  assert.throws(() => fillDefaults(options), { code: "invalidValue", message: 'a container has no option "readonly"' });
});

test("fillDefaults() refuses options that exclude each other and malformed words of a program", () => {
  const tmpfs = { kind: "tmpfs", target: "/x", options: [] } as const;
  assert.throws(() => merge({ mounts: [tmpfs, tmpfs] }), { code: "usage", message: "Duplicate mount point: /x" });
  assert.throws(() => merge({ uts: "host", hostname: "x" }), /conflicting options: hostname and the UTS mode/);
  assert.throws(() => merge({ hostname: "a\n127.0.0.1 evil" }), { code: "invalidValue" });
  assert.throws(() => merge({ name: "../x" }), { code: "invalidValue" });
  assert.throws(() => merge({ oomScoreAdj: 1001 }), /range for oom score adj/);
});

test("executableCandidates() searches PATH only for bare names", () => {
  assert.deepEqual(executableCandidates("sh", "/a:/b/::rel:/a"), ["/a/sh", "/b/sh"]);
  assert.deepEqual(executableCandidates("./sh", "/a"), ["./sh"]);
  assert.deepEqual(executableCandidates("/x/sh", "/a"), ["/x/sh"]);
  for (const name of ["", ".", ".."]) assert.deepEqual(executableCandidates(name, "/a"), []);
});
