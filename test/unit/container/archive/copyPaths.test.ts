import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CopyTarget,
  cleanCopyPath,
  parseCopySide,
  planCopy,
  splitCopyPath,
} from "../../../../src/container/archive/copyPaths.ts";

test("parseCopySide() tells a container's path from a local one by Docker's rules", () => {
  assert.deepEqual(parseCopySide("c:/a:b"), { container: "c", path: "/a:b" });
  assert.deepEqual(parseCopySide("c:"), { container: "c", path: "" });
  for (const local of ["/a:b", "./c:x", "../c:x", ".c:x", "file", "-"]) {
    assert.deepEqual(parseCopySide(local), { path: local });
  }
});

test("cleanCopyPath() keeps the end that says what is meant", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", "/w"],
    ["a//b/../c", "/w/a/c"],
    ["a/", "/w/a/"],
    ["a/.", "/w/a/."],
    [".", "/w/."],
    ["/", "/"],
    ["/.", "/."],
    ["../../../..", "/"],
  ];
  for (const [path, expected] of cases) assert.equal(cleanCopyPath(path, "/w"), expected, path);
});

test("splitCopyPath() gives contents and the root the name of a dot", () => {
  assert.deepEqual(splitCopyPath("/a/b"), { directory: "/a", name: "b" });
  assert.deepEqual(splitCopyPath("/a/b/"), { directory: "/a", name: "b" });
  assert.deepEqual(splitCopyPath("/a/b/."), { directory: "/a/b", name: "." });
  assert.deepEqual(splitCopyPath("/a"), { directory: "/", name: "a" });
  assert.deepEqual(splitCopyPath("/"), { directory: "/", name: "." });
  assert.deepEqual(splitCopyPath("/."), { directory: "/", name: "." });
});

const file = { path: "/s/name", isDirectory: false };
const directory = { path: "/s/name", isDirectory: true };
const contents = { path: "/s/name/.", isDirectory: true };
const target = (path: string, kind: CopyTarget["kind"]): CopyTarget => ({ path, kind });

test("planCopy() copies into a directory that is there", () => {
  assert.deepEqual(planCopy(file, target("/d", "directory")), { directory: "/d", name: "name" });
  assert.deepEqual(planCopy(directory, target("/d/", "directory")), { directory: "/d/", name: "name" });
  assert.deepEqual(planCopy(contents, target("/d", "directory")), { directory: "/d", name: "." });
  assert.deepEqual(planCopy({ ...file, name: "link" }, target("/d", "directory")), { directory: "/d", name: "link" });
});

test("planCopy() gives the copy the name of a target that is not there", () => {
  assert.deepEqual(planCopy(file, target("/d/new", "missing")), { directory: "/d", name: "new" });
  assert.deepEqual(planCopy(directory, target("/d/new/", "missing")), { directory: "/d", name: "new" });
  assert.deepEqual(planCopy(contents, target("/d/new", "missing")), { directory: "/d", name: "new" });
});

test("planCopy() replaces a file by a file, and refuses what cannot be with Docker's words", () => {
  assert.deepEqual(planCopy(file, target("/d/old", "other")), { directory: "/d", name: "old" });
  assert.throws(() => planCopy(directory, target("/d/old", "other")), { message: "cannot copy directory" });
  assert.throws(() => planCopy(contents, target("/d/old", "other")), { message: "cannot copy directory" });
  assert.throws(() => planCopy(file, target("/d/new/", "missing")), { message: "no such directory" });
  assert.throws(() => planCopy(file, target("/d/old/", "other")), { message: "not a directory" });
});
