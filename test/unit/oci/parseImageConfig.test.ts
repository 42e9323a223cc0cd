// @regression V85 __proto__ and constructor
// @wrong Members of a document changed the objects of the program.
// @rule R9
// @defence Untrusted members are kept in maps, and only known ones are read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError, type ErrorCode } from "../../../src/base/index.ts";
import { parseImageConfig } from "../../../src/oci/index.ts";

const diffId = `sha256:${"cd".repeat(32)}`;
const base = { architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [diffId] } };
const parse = (value: unknown) =>
  parseImageConfig(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
const code = (expected: ErrorCode) => (error: unknown) => error instanceof EngineError && error.code === expected;

test("parseImageConfig() fills in what Docker leaves null", () => {
  const nothing = {
    User: null,
    ExposedPorts: null,
    Env: null,
    Entrypoint: null,
    Cmd: null,
    Volumes: null,
    WorkingDir: null,
    Labels: null,
    OnBuild: null,
  };
  for (const config of [undefined, null, {}, nothing]) {
    const parsed = parse({ ...base, config, history: null, created: null });
    assert.deepEqual(parsed, {
      architecture: "amd64",
      os: "linux",
      config: {
        User: "",
        ExposedPorts: [],
        Env: [],
        Entrypoint: [],
        Cmd: [],
        Volumes: [],
        WorkingDir: "",
        Labels: new Map(),
      },
      rootfs: base.rootfs,
      history: [],
    });
  }
});

test("parseImageConfig() reads every member that brig uses", () => {
  const config = {
    User: "app:group",
    ExposedPorts: { "80/tcp": {} },
    Env: ["A=b"],
    Entrypoint: ["/entry"],
    Cmd: ["x", ""],
    Volumes: { "/data": {} },
    WorkingDir: "/w",
    Labels: { a: "1", b: null },
    StopSignal: "SIGINT",
    Shell: ["/bin/ash", "-c"],
    Healthcheck: { Test: ["CMD", "true"], Interval: 1_000_000_000, Retries: 3 },
    Hostname: "left out",
  };
  const parsed = parse({ ...base, variant: "v8", config, history: [{ created_by: "x", empty_layer: true, odd: 1 }] });
  assert.equal(parsed.variant, "v8");
  assert.deepEqual(parsed.history, [{ created_by: "x", empty_layer: true }]);
  const { Hostname: _, ...known } = config;
  assert.deepEqual(parsed.config, {
    ...known,
    ExposedPorts: ["80/tcp"],
    Volumes: ["/data"],
    Labels: new Map([
      ["a", "1"],
      ["b", ""],
    ]),
  });
});

test("labels called __proto__ and constructor are data", () => {
  const text = JSON.stringify({ ...base, config: {} }).replace(
    '"config":{}',
    '"config":{"Labels":{"__proto__":"a","constructor":"b","toString":"c"},"__proto__":{"User":"evil"}}',
  );
  const parsed = parse(text);
  assert.deepEqual(
    [...parsed.config.Labels],
    [
      ["__proto__", "a"],
      ["constructor", "b"],
      ["toString", "c"],
    ],
  );
  assert.equal(parsed.config.User, "");
  assert.equal(Object.hasOwn(Object.prototype, "User"), false);
});

const cases: readonly (readonly [string, unknown, ErrorCode])[] = [
  ["no rootfs", { ...base, rootfs: undefined }, "malformedDocument"],
  ["a rootfs of another type", { ...base, rootfs: { type: "x", diff_ids: [] } }, "malformedDocument"],
  ["a malformed diffId", { ...base, rootfs: { type: "layers", diff_ids: ["sha256:x"] } }, "malformedDocument"],
  ["501 diffIds", { ...base, rootfs: { type: "layers", diff_ids: Array(501).fill(diffId) } }, "limitExceeded"],
  ["no architecture", { ...base, architecture: undefined }, "malformedDocument"],
  ["no os", { ...base, os: null }, "malformedDocument"],
  ["Env that is text", { ...base, config: { Env: "A=b" } }, "malformedDocument"],
  ["Env with a number", { ...base, config: { Env: [1] } }, "malformedDocument"],
  ["Cmd that is an object", { ...base, config: { Cmd: { 0: "x", length: 1 } } }, "malformedDocument"],
  ["a label that is a list", { ...base, config: { Labels: { a: [] } } }, "malformedDocument"],
  ["Volumes that are a list", { ...base, config: { Volumes: ["/a"] } }, "malformedDocument"],
  ["User that is a number", { ...base, config: { User: 0 } }, "malformedDocument"],
  ["a config that is a list", { ...base, config: [] }, "malformedDocument"],
  ["10,001 variables", { ...base, config: { Env: Array(10_001).fill("A=b") } }, "limitExceeded"],
  ["more than 8 MiB", " ".repeat((8 << 20) + 1), "limitExceeded"],
  ["a deep nest", `{"a":${"[".repeat(1 << 20)}`, "malformedDocument"],
];

for (const [what, document, expected] of cases) {
  test(`parseImageConfig() refuses ${what}`, () => {
    assert.throws(() => parse(document), code(expected));
  });
}
