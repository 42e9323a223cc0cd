import assert from "node:assert/strict";
import { test } from "node:test";
import { findDifference, printTree, type TreePiece } from "../../../src/overlay/index.ts";

const metadata = { mode: 0o644, uid: 0, gid: 0, modified: { seconds: 1, nanoseconds: 0 }, xattrs: [] };

function file(path: string, content = "", changes: Partial<typeof metadata> = {}): readonly TreePiece[] {
  const bytes = Buffer.from(content);
  const entry = {
    kind: "entry",
    record: { op: "file", path, metadata: { ...metadata, ...changes }, size: bytes.length },
  } as const;
  return [entry, ...[...bytes].map((byte) => ({ kind: "content", bytes: Buffer.of(byte) }) as const)];
}

function other(record: (TreePiece & { kind: "entry" })["record"]): readonly TreePiece[] {
  return [{ kind: "entry", record }];
}

const link = (path: string, target: string) => other({ op: "hardlink", path, metadata, target });

async function* stream(...parts: readonly (readonly TreePiece[])[]) {
  yield* parts.flat();
}

async function compare(
  before: readonly (readonly TreePiece[])[],
  after: readonly (readonly TreePiece[])[],
): Promise<string | undefined> {
  return findDifference(await printTree(stream(...before)), stream(...after));
}

test("findDifference() takes trees for alike whatever the order of their directories", async () => {
  const one = [file("a", "xy"), file("b"), file("first", "z"), link("second", "first"), link("third", "first")];
  const two = [file("third", "z"), link("first", "third"), file("b"), link("second", "third"), file("a", "xy")];
  assert.equal(await compare(one, two), undefined);
});

test("findDifference() takes no account of the time of a directory", async () => {
  const at = (seconds: number) =>
    other({ op: "dir", path: "d", metadata: { ...metadata, modified: { seconds, nanoseconds: 0 } } });
  assert.equal(await compare([at(1)], [at(2)]), undefined);
});

test("findDifference() names what differs", async () => {
  const device = (minor: number) => other({ op: "char", path: "c", metadata, major: 1, minor });
  const symlink = (target: string) => other({ op: "symlink", path: "s", metadata, target });
  const xattr = (value: string) => ({ xattrs: [{ name: "user.n", value: Buffer.from(value) }] as never[] });
  const cases: readonly (readonly [readonly (readonly TreePiece[])[], readonly (readonly TreePiece[])[], string])[] = [
    [[file("a", "xy")], [file("a", "xz")], 'the contents of "a" changed'],
    [[file("a", "xy")], [file("a", "xyz")], 'the size of "a" changed'],
    [[file("a")], [file("a", "", { mode: 0o4644 })], 'the mode of "a" changed'],
    [[file("a")], [file("a", "", { gid: 1 })], 'the owner of "a" changed'],
    [[file("a", "", xattr("1"))], [file("a", "", xattr("2"))], 'the attributes of "a" changed'],
    [[file("a")], [other({ op: "fifo", path: "a", metadata })], 'the type of "a" changed'],
    [[file("a"), file("b")], [file("a")], '"b" is missing'],
    [[file("a")], [file("a"), file("b")], '"b" was added'],
    [[device(1)], [device(2)], 'the device of "c" changed'],
    [[symlink("a")], [symlink("b")], 'the target of "s" changed'],
    [[other({ op: "whiteout", path: "w" })], [], '"w" is missing'],
    [[other({ op: "opaque", path: "d" })], [], '"d" is not opaque any more'],
    [[], [other({ op: "opaque", path: "d" })], '"d" is opaque'],
    [[file("a"), file("b")], [file("a"), link("b", "a")], '"b" is a hard link to "a"'],
    [[file("a"), link("b", "a")], [file("a"), file("b")], '"b" is no hard link to "a" any more'],
    [
      [file("a"), link("b", "a"), file("c"), link("d", "c")],
      [file("a"), link("d", "a"), file("c"), link("b", "c")],
      '"d" is a hard link to "a"',
    ],
  ];
  for (const [before, after, sentence] of cases) assert.equal(await compare(before, after), sentence);
});

test("printTree() refuses more entries than it may keep", async () => {
  async function* many() {
    for (let number = 0; number <= 500_000; number += 1) {
      yield { kind: "entry", record: { op: "whiteout", path: String(number) } } as const;
    }
  }
  await assert.rejects(printTree(many()), { code: "limitExceeded" });
});
