// @regression V91 check and use in Node
// @wrong Files below a container's root were opened by path, after a look that no longer held.
// @rule R2
// @defence The program calls nothing of node:fs on a path that comes from a root file system; the helper goes there.
import assert from "node:assert/strict";
import test from "node:test";
import { findHabitViolations } from "../support/architecture/habits.ts";
import { findNativeViolations } from "../support/architecture/native.ts";
import { findCycles, findEagerPackages, findRoomViolations } from "../support/architecture/rooms.ts";
import { findRootPaths } from "../support/architecture/rootPaths.ts";
import { readSources, type Sources } from "../support/architecture/sources.ts";

const sources = readSources("src", ".ts");
const nativeSources = new Map([...readSources("native", ".c"), ...readSources("native", ".h")]);

function none(violations: readonly string[]): void {
  assert.equal(violations.join("\n"), "");
}

function sample(files: Readonly<Record<string, string>>): Sources {
  return new Map(Object.entries(files));
}

test("imports go strictly down and through the other room's door", () => none(findRoomViolations(sources)));

test("no imports run in a circle", () => none(findCycles(sources)));

for (const entry of ["src/main.ts", "src/cli/commands/run.ts", "src/createEngine.ts"]) {
  test(`${entry} loads no package for the network, for archives or for foreign functions`, () => {
    assert.ok(sources.has(entry), `${entry} is missing`);
    const allowed = (name: string) => name.startsWith("node:") || name === "commander";
    none([...findEagerPackages(sources, entry)].flatMap(([name, chain]) => (allowed(name) ? [] : [chain])));
  });
  test(`${entry} loads nothing of Node's network code`, () => {
    const network = new Set(["node:http", "node:https", "node:http2", "node:tls", "node:dns", "node:dgram"]);
    none([...findEagerPackages(sources, entry)].flatMap(([name, chain]) => (network.has(name) ? [chain] : [])));
  });
}

test("each file keeps the habits of the house", () => none(findHabitViolations(sources)));

test("no call of node:fs goes below a root file system (V91)", () => none(findRootPaths(sources)));

test("findRootPaths() sees a path of a root file system, named at the call or before it", () => {
  const files = {
    "src/container/a.ts": 'import { readFileSync } from "node:fs";\nreadFileSync(join(paths.upper, "etc/passwd"));\n',
    "src/container/b.ts": [
      'import { statSync } from "node:fs";',
      'const top = join(directory, "tree");',
      "const file = join(top, name);",
      "// statSync(upper) in a comment is fine",
      "statSync(file);",
      "statSync(directory);",
    ].join("\n"),
    "src/container/c.ts": 'import { join } from "node:path";\nopen(paths.upper);\n',
  };
  assert.deepEqual(
    findRootPaths(sample(files)).map((line) => line.split(" ")[0]),
    ["src/container/a.ts:2", "src/container/b.ts:5"],
  );
});

test("findNativeViolations() sees an open that follows a link, and a way round a root", () => {
  const text =
    'int a = openat(fd, name, O_RDONLY);\nint b = openat(fd, name, O_NOFOLLOW);\nint c = openat(fd, "ns", 0);\nchdir(path);\n';
  assert.deepEqual(
    findNativeViolations(sample({ "native/a.c": text })).map((line) => line.split(" ")[0]),
    ["native/a.c:1", "native/a.c:4"],
  );
});

test("the native helper resolves paths in few places and stays small", () => none(findNativeViolations(nativeSources)));

test("findRoomViolations() names an import upwards, one sideways and one past the door", () => {
  const violations = findRoomViolations(
    sample({
      "src/base/index.ts": 'import type { Tag } from "../image/index.ts";\n',
      "src/base/ids.ts": "",
      "src/image/index.ts": 'import {\n  mount,\n} from "../overlay/index.ts";\n',
      "src/overlay/index.ts": 'export { id } from "../base/ids.ts";\nconst lazy = await import("../host/gone.ts");\n',
      "src/stray.ts": "",
    }),
  );
  assert.deepEqual(violations, [
    "src/base/index.ts imports src/image/index.ts: up, from base (0) to image (2)",
    "src/image/index.ts imports src/overlay/index.ts: sideways, from image (2) to overlay (2)",
    "src/overlay/index.ts imports src/base/ids.ts: not through the door src/base/index.ts",
    "src/overlay/index.ts imports src/host/gone.ts, which is not a source file",
    "src/stray.ts is in no room",
  ]);
});

test("findEagerPackages() prints the chain that leads to a package, and lazy or type imports end it", () => {
  const found = findEagerPackages(
    sample({
      "src/main.ts": 'import { a } from "./a.ts";\nimport type { T } from "tar-stream";\n',
      "src/a.ts": 'import "./b.ts";\nconst later = () => import("./c.ts");\n',
      "src/b.ts": 'import koffi from "koffi";\n',
      "src/c.ts": 'import fetch from "node-fetch";\n',
    }),
    "src/main.ts",
  );
  assert.deepEqual([...found], [["koffi", "src/main.ts -> src/a.ts -> src/b.ts -> koffi"]]);
});

test("findCycles() prints the circle", () => {
  const files = { "src/base/a.ts": 'import "./b.ts";\n', "src/base/b.ts": 'import "./a.ts";\n' };
  assert.deepEqual(findCycles(sample(files)), ["src/base/a.ts -> src/base/b.ts -> src/base/a.ts"]);
});

test("findHabitViolations() sees ambient state, stray effects, empty names, sizes and default exports", () => {
  const violations = findHabitViolations(
    sample({
      "src/oci/a.ts": '// process.env in a comment is fine\nconst home = process.env["HOME"];\n',
      "src/oci/b.ts": 'import { spawn } from "node:child_process";\n',
      "src/oci/c.ts": 'import { writeFileSync } from "node:fs";\nconst x = writeFileSync("x", "y");\n',
      "src/oci/stringUtils.ts": "",
      "src/oci/long.ts": "x;\n".repeat(301),
      "src/oci/wide.ts": `function wide() {\n${"  x;\n".repeat(60)}}\n`,
      "src/oci/d.ts": "export default 1;\n",
      "src/oci/e.ts": 'import { b } from "./b.ts";\nb();\n',
    }),
  );
  assert.deepEqual(
    violations.map((line) => line.split(/ (?:uses|imports|writes|has|is)\b/)[0]),
    [
      "src/oci/a.ts:2",
      "src/oci/b.ts",
      "src/oci/c.ts",
      "src/oci/stringUtils.ts",
      "src/oci/long.ts",
      "src/oci/wide.ts:1",
      "src/oci/d.ts",
      "src/oci/e.ts",
    ],
  );
});

test("findNativeViolations() sees a path that is resolved in the wrong place and a call that has no place", () => {
  const violations = findNativeViolations(
    sample({
      "native/supervise.c":
        '/* open( in a comment */\nint fd = open("/etc/passwd", O_RDONLY);\nchar *home = getenv("HOME");\n',
      "native/paths.c": 'int fd = open("/", O_PATH);\n',
      "native/big.c": "x;\n".repeat(9000),
    }),
  );
  assert.deepEqual(
    violations.map((line) => line.split(", ")[0]),
    ["native/ has 9004 lines", "native/supervise.c:2 calls open()", "native/supervise.c:3 calls getenv()"],
  );
});
