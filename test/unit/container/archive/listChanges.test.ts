import assert from "node:assert/strict";
import { test } from "node:test";
import { listChanges } from "../../../../src/container/archive/diffContainer.ts";
import type { BelowEntry, LayerRecord } from "../../../../src/overlay/index.ts";

const metadata = { mode: 0o755, uid: 0, gid: 0, modified: { seconds: 1, nanoseconds: 0 }, xattrs: [] };
const below: BelowEntry = { mode: 0o040755, uid: 0, gid: 0, seconds: 1, nanoseconds: 0 };
const entry = (record: LayerRecord, under?: BelowEntry) =>
  ({ kind: "entry", record, ...(under === undefined ? {} : { below: under }) }) as const;
const directory = (path: string, under?: BelowEntry) => entry({ op: "dir", path, metadata }, under);
const file = (path: string, under?: BelowEntry) => entry({ op: "file", path, metadata, size: 0 }, under);

test("listChanges() tells what came, changed and went, sorted by path", () => {
  const changes = listChanges([
    directory(".", below),
    directory("etc", below),
    file("etc/new"),
    file("etc/changed", { ...below, mode: 0o100644 }),
    entry({ op: "whiteout", path: "etc/gone" }),
    directory("a"),
    file("a/b"),
  ]);
  assert.deepEqual(
    changes.map(({ kind, path }) => `${kind} ${path}`),
    ["added /a", "added /a/b", "changed /etc", "changed /etc/changed", "deleted /etc/gone", "added /etc/new"],
  );
});

test("listChanges() leaves out directories that are only on the way", () => {
  const changes = listChanges([directory("usr", below), directory("usr/lib", below), file("usr/lib/x", below)]);
  assert.deepEqual(changes, [{ kind: "changed", path: "/usr/lib/x" }]);
});

test("listChanges() names a directory with other attributes, and one in the place of a file", () => {
  const changes = listChanges([directory("a", { ...below, uid: 5 }), directory("b", { ...below, mode: 0o100755 })]);
  assert.deepEqual(changes, [
    { kind: "changed", path: "/a" },
    { kind: "changed", path: "/b" },
  ]);
});
