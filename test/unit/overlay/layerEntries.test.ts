// @regression V38 attributes that steer overlayfs
// @wrong A layer set attributes by which overlayfs redirects or hides.
// @rule R9
// @defence Attributes of overlayfs, of the integrity system and of labels are dropped; capabilities of files are
//   checked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError, type ErrorCode } from "../../../src/base/index.ts";
import { planLayerEntry } from "../../../src/overlay/layerEntries.ts";
import { encodeLayerRecord, encodeSeal } from "../../../src/overlay/layerRecord.ts";
import type { TarEntry } from "../../../src/overlay/tarEntry.ts";

const file: TarEntry = {
  type: "file",
  path: "f",
  linkPath: "",
  mode: 0o644,
  uid: 1,
  gid: 2,
  size: 3,
  modified: { seconds: -4, nanoseconds: 5 },
  major: 0,
  minor: 0,
  xattrs: [],
};
const plan = (changes: Partial<TarEntry>) => planLayerEntry({ ...file, ...changes });

const paths: readonly (readonly [string, string])[] = [
  ["./a/b", "a/b"],
  ["/a/b", "a/b"],
  ["///a//./b/", "a/b"],
  ["a/.wh.x/b", "a/.wh.x/b"],
  ["...", "..."],
  ["a..b/..c", "a..b/..c"],
  [`${"d/".repeat(1023)}x`, `${"d/".repeat(1023)}x`],
  ["n".repeat(255), "n".repeat(255)],
];

for (const [path, expected] of paths) {
  test(`planLayerEntry() puts ${JSON.stringify(path.slice(0, 30))} at its plain path`, () => {
    assert.equal(plan({ path })?.path, expected);
  });
}

test("planLayerEntry() takes every name of the root for the root", () => {
  for (const path of ["/", ".", "./", "././/"]) assert.equal(plan({ type: "dir", path })?.path, ".");
});

test("planLayerEntry() keeps a symbolic link's target as it is and makes a hard link's relative", () => {
  const target = (changes: Partial<TarEntry>): unknown => {
    const record = plan(changes);
    return record !== undefined && "target" in record ? record.target : undefined;
  };
  assert.equal(target({ type: "symlink", linkPath: "/../..//etc/./passwd/" }), "/../..//etc/./passwd/");
  assert.equal(target({ type: "hardlink", linkPath: "/./usr//bin/x" }), "usr/bin/x");
});

test("planLayerEntry() turns whiteout names into marks", () => {
  assert.deepEqual(plan({ path: "a/.wh.b" }), { op: "whiteout", path: "a/b" });
  assert.deepEqual(plan({ path: ".wh.b" }), { op: "whiteout", path: "b" });
  assert.deepEqual(plan({ path: "a/.wh..wh..opq" }), { op: "opaque", path: "a" });
  assert.deepEqual(plan({ path: ".wh..wh..opq" }), { op: "opaque", path: "." });
  assert.deepEqual(plan({ path: "a/.wh.b", type: "hardlink", linkPath: "../x" }), { op: "whiteout", path: "a/b" });
  assert.equal(plan({ path: ".wh..wh.plnk/12.34" }), undefined);
  assert.equal(plan({ path: "a/.wh..wh.aufs" }), undefined);
});

const refusals: readonly (readonly [string, Partial<TarEntry>, ErrorCode])[] = [
  ["a path upwards", { path: "../x" }, "unsafeLayer"],
  ["a path upwards in the middle", { path: "a/../../x" }, "unsafeLayer"],
  ["a path that stays inside", { path: "a/../b" }, "unsafeLayer"],
  ["a path upwards after slashes", { path: "//..//x" }, "unsafeLayer"],
  ["a path that ends upwards", { path: "a/.." }, "unsafeLayer"],
  ["a hard link upwards", { type: "hardlink", linkPath: "../etc/shadow" }, "unsafeLayer"],
  ["a hard link to nothing", { type: "hardlink", linkPath: "" }, "malformedLayer"],
  ["a symbolic link to nothing", { type: "symlink", linkPath: "" }, "malformedLayer"],
  ["a symbolic link that is too long", { type: "symlink", linkPath: "x".repeat(4096) }, "limitExceeded"],
  ["no name", { path: "" }, "malformedLayer"],
  ["a file as the root", { path: "./" }, "unsafeLayer"],
  ["a symbolic link as the root", { path: "/", type: "symlink", linkPath: "/etc" }, "unsafeLayer"],
  ["a whiteout of nothing", { path: "a/.wh." }, "unsafeLayer"],
  ["a whiteout of its directory", { path: "a/.wh.." }, "unsafeLayer"],
  ["a whiteout of the directory above", { path: "a/.wh..." }, "unsafeLayer"],
  ["a raw whiteout", { type: "char", major: 0, minor: 0 }, "unsafeLayer"],
  ["a raw block whiteout", { type: "block", major: 0, minor: 0 }, "unsafeLayer"],
  ["a path above 4095 bytes", { path: "abc/".repeat(1024) }, "limitExceeded"],
  ["a part above 255 bytes", { path: `a/${"n".repeat(256)}` }, "limitExceeded"],
  ["a part above 255 bytes after a whiteout mark", { path: `.wh.${"n".repeat(256)}` }, "limitExceeded"],
  ["more than 1024 directories", { path: `${"d/".repeat(1024)}x` }, "limitExceeded"],
];

for (const [what, changes, code] of refusals) {
  test(`planLayerEntry() refuses ${what}`, () => {
    assert.throws(
      () => plan(changes),
      (error) =>
        error instanceof EngineError &&
        error.code === code &&
        error.message.startsWith("cannot unpack the layer entry"),
    );
  });
}

test("the messages show names without letting them speak to the terminal", () => {
  assert.throws(() => plan({ path: "\x1b[31m\x9b\xe2\x80\xae\n/.." }), /"\\u001b\[31m\ufffd\\u202e\\n\/\.\."/);
});

const capability = (bytes: number, magic: number): Buffer => {
  const value = Buffer.alloc(bytes);
  value.writeUInt32LE(magic);
  return value;
};
const kept = (type: TarEntry["type"], name: string, value: Buffer = Buffer.from("v")): boolean => {
  const record = plan({ type, linkPath: "t", major: 1, minor: 3, xattrs: [{ name, value }] });
  return record !== undefined && "metadata" in record && record.metadata.xattrs.length === 1;
};

test("planLayerEntry() keeps user attributes, ACLs and file capabilities where the kernel takes them", () => {
  assert.ok(kept("file", "user.note"));
  assert.ok(kept("dir", "user.note"));
  assert.ok(!kept("fifo", "user.note"));
  assert.ok(!kept("symlink", "user.note"));
  assert.ok(kept("fifo", "system.posix_acl_access"));
  assert.ok(kept("dir", "system.posix_acl_default"));
  assert.ok(!kept("file", "system.posix_acl_default"));
  assert.ok(kept("file", "security.capability", capability(20, 0x0200_0001)));
  assert.ok(kept("file", "security.capability", capability(24, 0x0300_0000)));
  assert.ok(!kept("dir", "security.capability", capability(20, 0x0200_0000)));
});

test("planLayerEntry() drops the attributes that steer overlayfs or belong to the host", () => {
  const overlay = [
    "opaque",
    "redirect",
    "metacopy",
    "whiteout",
    "origin",
    "impure",
    "nlink",
    "upper",
    "protattr",
    "overlay.opaque",
  ];
  const names = [
    ...overlay.flatMap((name) => [`trusted.overlay.${name}`, `user.overlay.${name}`]),
    ...[
      "security.selinux",
      "security.ima",
      "security.evm",
      "security.apparmor",
      "trusted.other",
      "system.nfs4_acl",
      "user.",
      "other",
    ],
  ];
  for (const name of names)
    for (const type of ["file", "dir"] as const) assert.ok(!kept(type, name), `${type} ${name}`);
});

test("planLayerEntry() refuses malformed file capabilities", () => {
  for (const value of [
    capability(20, 0x0300_0000),
    capability(24, 0x0200_0000),
    capability(12, 0x0100_0000),
    Buffer.alloc(20),
  ]) {
    assert.throws(() => kept("file", "security.capability", value), { code: "malformedLayer" });
  }
});

test("encodeLayerRecord() writes what native/record.h defines", () => {
  const record = plan({ xattrs: [{ name: "user.x", value: Buffer.from([0, 255]) }] });
  assert.ok(record !== undefined);
  const expected = [
    "file",
    "path=f",
    "mode=420",
    "uid=1",
    "gid=2",
    "mtime=-4",
    "nsec=5",
    "xattr=user.x=00ff",
    "size=3",
    "",
    "",
  ];
  assert.equal(encodeLayerRecord(record), expected.join("\0"));
  assert.equal(encodeLayerRecord({ op: "whiteout", path: "a" }), "whiteout\0path=a\0\0");
  const metadata = { mode: 0o755, uid: 1, gid: 2, modified: { seconds: 3, nanoseconds: 4 }, xattrs: [] };
  assert.equal(encodeLayerRecord({ op: "dir", path: "d", metadata }), "dir\0path=d\0\0");
  assert.equal(encodeSeal("d", metadata), "seal\0path=d\0mode=493\0uid=1\0gid=2\0mtime=3\0nsec=4\0\0");
});
