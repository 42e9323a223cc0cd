import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { pack } from "tar-stream";
import { EngineError, type ErrorCode } from "../../../src/base/index.ts";
import { defaultLayerLimits, type LayerLimits } from "../../../src/overlay/layerLimits.ts";
import { TarReader } from "../../../src/overlay/tarReader.ts";
import { type HandEntry, handArchive, handEntry, paxRecords } from "../../support/handTar.ts";
import { readArchive } from "./readArchive.ts";

const long = `${"d".repeat(90)}/${"e".repeat(90)}/${"f".repeat(90)}`;

test("TarReader reads what tar-stream writes, however it is cut", async () => {
  const packer = pack();
  packer.entry({ name: "dir/", type: "directory", mode: 0o1755, uid: 3, gid: 4, mtime: new Date(5000) });
  packer.entry({ name: "dir/empty" }, "");
  packer.entry({ name: "dir/file", mode: 0o4711, uid: 30_000 }, "x".repeat(1500));
  packer.entry({ name: long, type: "symlink", linkname: `../${long}` });
  packer.entry({ name: "node", type: "character-device", devmajor: 5, devminor: 300 });
  packer.finalize();
  const archive = await buffer(packer);
  const whole = readArchive(archive);
  assert.deepEqual(
    whole.map(({ type, path, linkPath, mode, uid, size }) => [type, path, linkPath, mode, uid, size]),
    [
      ["dir", "dir/", "", 0o1755, 3, 0],
      ["file", "dir/empty", "", 0o644, 0, 0],
      ["file", "dir/file", "", 0o4711, 30_000, 1500],
      ["symlink", long, `../${long}`, 0o644, 0, 0],
      ["char", "node", "", 0o644, 0, 0],
    ],
  );
  assert.deepEqual([whole[4]?.major, whole[4]?.minor, whole[0]?.modified.seconds], [5, 300, 5]);
  assert.equal(whole[2]?.content, "x".repeat(1500));
  for (const pieceBytes of [1, 7, 511, 512, 513, 1000]) assert.deepEqual(readArchive(archive, { pieceBytes }), whole);
});

test("TarReader hands contents on without copying them", () => {
  const archive = handArchive([{ name: "f", content: "x".repeat(2000) }]);
  const buffers = new Set<unknown>();
  const consumer = { entry: () => undefined, content: (bytes: Buffer) => void buffers.add(bytes.buffer) };
  new TarReader(consumer, defaultLayerLimits).feed(archive);
  assert.deepEqual(buffers, new Set([archive.buffer]));
});

const readings: readonly (readonly [string, HandEntry | readonly HandEntry[], Readonly<Record<string, unknown>>])[] = [
  ["joins the prefix of a POSIX header", { name: "b", prefix: "a" }, { path: "a/b" }],
  ["leaves the prefix field of a GNU header alone", { name: "b", prefix: "a", magic: "ustar  \0" }, { path: "b" }],
  ["takes a V7 name with a slash at its end for a directory", { name: "d/", type: "\0", magic: "" }, { type: "dir" }],
  ["reads a contiguous file as a file", { name: "f", type: "7" }, { type: "file" }],
  ["reads base-256 numbers", { name: "f", uid: "\x80\0\0\0\0\x2d\xc6\xc0" }, { uid: 3_000_000 }],
  [
    "reads negative base-256 times",
    { name: "f", mtime: "\xff".repeat(12) },
    { modified: { seconds: -1, nanoseconds: 0 } },
  ],
  ["reads numbers between spaces", { name: "f", uid: "  17  \0" }, { uid: 0o17 }],
  ["reads an empty number as zero", { name: "f", mtime: " ".repeat(12) }, { modified: { seconds: 0, nanoseconds: 0 } }],
  ["keeps names that are not UTF-8", { name: "f", pax: { path: "caf\xe9/\xff\xfe" } }, { path: "caf\xe9/\xff\xfe" }],
  [
    "keeps time fractions",
    { name: "f", pax: { mtime: "12.0345" } },
    { modified: { seconds: 12, nanoseconds: 34_500_000 } },
  ],
  [
    "counts fractions forward before 1970",
    { name: "f", pax: { mtime: "-1.5" } },
    { modified: { seconds: -2, nanoseconds: 500_000_000 } },
  ],
  [
    "cuts fractions finer than nanoseconds",
    { name: "f", pax: { mtime: "1.1234567899" } },
    { modified: { seconds: 1, nanoseconds: 123_456_789 } },
  ],
  ["takes ids from PAX", { name: "f", uid: 1, pax: { uid: "4294967294", gid: "7" } }, { uid: 4_294_967_294, gid: 7 }],
  ["takes a link's target from PAX", { name: "l", type: "2", pax: { linkpath: "there" } }, { linkPath: "there" }],
  [
    "leaves the header's value where PAX has an empty one",
    { name: "f", uid: 5, pax: { uid: "", path: "" } },
    { path: "f", uid: 5 },
  ],
  [
    "lets the last of two PAX records win",
    [{ name: "pax", type: "x", content: "9 path=a\n9 path=b\n" }, { name: "f" }],
    { path: "b" },
  ],
  ["lets a key be __proto__", { name: "f", pax: { "__proto__.x": "1", constructor: "2" } }, { path: "f" }],
  [
    "keeps binary attributes exact",
    { name: "f", pax: { "SCHILY.xattr.user.a": "\x00\xff\n=", "SCHILY.xattr.user.b": "" } },
    {
      xattrs: [
        { name: "user.a", value: Buffer.from("\x00\xff\n=", "latin1") },
        { name: "user.b", value: Buffer.alloc(0) },
      ],
    },
  ],
  [
    "gives links no content, whatever their size says",
    [{ name: "l", type: "1", link: "t", size: 99 }, { name: "f" }],
    { type: "hardlink", size: 0 },
  ],
  [
    "reads GNU long names",
    [{ name: "././@LongLink", type: "L", content: `${long}\0` }, { name: "short" }],
    { path: long },
  ],
  [
    "reads GNU long links",
    [
      { name: "././@LongLink", type: "K", content: `${long}\0` },
      { name: "l", type: "2", link: "x" },
    ],
    { linkPath: long },
  ],
  [
    "lets GNU long names win over PAX",
    [
      { name: "L", type: "L", content: "gnu\0" },
      { name: "f", pax: { path: "pax" } },
    ],
    { path: "gnu" },
  ],
  [
    "applies no global records",
    [{ name: "g", type: "g", content: paxRecords({ path: "x", uid: "9" }) }, { name: "f" }],
    { path: "f", uid: 0 },
  ],
];

for (const [what, entries, expected] of readings) {
  test(`TarReader ${what}`, () => {
    const [member] = readArchive(handArchive([entries].flat() as HandEntry[]), { pieceBytes: 100 });
    assert.ok(member !== undefined);
    for (const [key, value] of Object.entries(expected))
      assert.deepEqual(member[key as keyof typeof member], value, key);
  });
}

test("TarReader reads values of extended headers for one entry only", () => {
  const archive = handArchive([{ name: "a", pax: { path: "A", "SCHILY.xattr.user.x": "1" } }, { name: "b" }]);
  assert.deepEqual(
    readArchive(archive).map(({ path, xattrs }) => [path, xattrs.length]),
    [
      ["A", 1],
      ["b", 0],
    ],
  );
});

test("TarReader stops at the end mark and takes an archive without one", () => {
  const one = handEntry({ name: "one" });
  assert.equal(readArchive(Buffer.concat([handArchive([{ name: "one" }]), one, Buffer.from("rubbish")])).length, 1);
  assert.equal(readArchive(one).length, 1);
  assert.equal(readArchive(Buffer.alloc(0)).length, 0);
  assert.equal(readArchive(Buffer.alloc(512)).length, 0);
});

type Refusal = readonly [string, Buffer, ErrorCode, RegExp, Partial<LayerLimits>?];
const whole = handArchive([{ name: "some/file", content: "x".repeat(600) }]);
const refusals: readonly Refusal[] = [
  ["a damaged checksum", handArchive([{ name: "f", checksumError: 1 }]), "malformedLayer", /header block is damaged/],
  ["text instead of an archive", Buffer.from("<html>".repeat(200)), "malformedLayer", /header block is damaged/],
  [
    "a zero block in the middle",
    Buffer.concat([Buffer.alloc(512), handArchive([{ name: "f" }])]),
    "malformedLayer",
    /damaged/,
  ],
  ["an end in a header", whole.subarray(0, 300), "malformedLayer", /ends in the middle/],
  ["an end in a file", whole.subarray(0, 1000), "malformedLayer", /ends in the middle of entry "some\/file"/],
  ["an end in padding", whole.subarray(0, 1200), "malformedLayer", /ends in the middle of entry "some\/file"/],
  [
    "an end after an extended header",
    handEntry({ name: "p", type: "x", content: paxRecords({ path: "a" }) }),
    "malformedLayer",
    /middle/,
  ],
  ["an end after a long name", handEntry({ name: "p", type: "L", content: "a\0" }), "malformedLayer", /middle/],
  ["a size that is no number", handArchive([{ name: "f", size: "zzz" }]), "malformedLayer", /"f": its size/],
  ["a negative size", handArchive([{ name: "f", size: "\xff".repeat(12) }]), "malformedLayer", /its size/],
  [
    "a size of 8 EiB",
    handArchive([{ name: "f", size: `\x80${"\0".repeat(3)}\x7f${"\xff".repeat(7)}` }]),
    "malformedLayer",
    /its size/,
  ],
  ["a PAX size that is no number", handArchive([{ name: "f", pax: { size: "1e3" } }]), "malformedLayer", /its size/],
  ["a PAX size with a sign", handArchive([{ name: "f", pax: { size: "-1" } }]), "malformedLayer", /its size/],
  ["an id of -1", handArchive([{ name: "f", pax: { uid: "4294967295" } }]), "malformedLayer", /its uid/],
  ["a group that is no number", handArchive([{ name: "f", gid: "9" }]), "malformedLayer", /its gid/],
  ["a malformed mtime", handArchive([{ name: "f", pax: { mtime: "1.2.3" } }]), "malformedLayer", /its mtime/],
  ["a device number out of range", handArchive([{ name: "d", type: "3", major: 0o10000 }]), "malformedLayer", /major/],
  ["an unknown type", handArchive([{ name: "f", type: "Q" }]), "malformedLayer", /type "Q"/],
  ["a volume label", handArchive([{ name: "f", type: "V" }]), "malformedLayer", /type "V"/],
  [
    "a sparse file of old GNU tar",
    handArchive([{ name: "f", type: "S", magic: "ustar  \0" }]),
    "malformedLayer",
    /"f": .*sparse/,
  ],
  [
    "a sparse file of PAX",
    handArchive([{ name: "f", pax: { "GNU.sparse.major": "1" } }]),
    "malformedLayer",
    /"f": .*sparse/,
  ],
  ["a NUL in a PAX path", handArchive([{ name: "f", pax: { path: "a\0b" } }]), "malformedLayer", /NUL/],
  [
    "a NUL in a PAX target",
    handArchive([{ name: "f", type: "2", pax: { linkpath: "a\0b" } }]),
    "malformedLayer",
    /NUL/,
  ],
  [
    "a PAX length that is too long",
    handArchive([{ name: "p", type: "x", content: "99 path=a\n" }]),
    "malformedLayer",
    /extended header/,
  ],
  [
    "a PAX length of zero",
    handArchive([{ name: "p", type: "x", content: "0 path=a\n" }]),
    "malformedLayer",
    /extended header/,
  ],
  [
    "a PAX length that is too short",
    handArchive([{ name: "p", type: "x", content: "3 path=a\n" }]),
    "malformedLayer",
    /extended header/,
  ],
  [
    "a PAX length without end",
    handArchive([{ name: "p", type: "x", content: "1".repeat(600) }]),
    "malformedLayer",
    /extended header/,
  ],
  [
    "a PAX record without line end",
    handArchive([{ name: "p", type: "x", content: "8 path=a" }]),
    "malformedLayer",
    /extended header/,
  ],
  [
    "a PAX record without key",
    handArchive([{ name: "p", type: "x", content: "5 =a\n" }]),
    "malformedLayer",
    /extended header/,
  ],
  [
    "a PAX header of 100 MiB",
    handArchive([{ name: "p", type: "x", size: 100 << 20 }]),
    "limitExceeded",
    /104857600 bytes/,
  ],
  [
    "a long name of 100 MiB",
    handArchive([{ name: "p", type: "L", size: 100 << 20 }]),
    "limitExceeded",
    /104857600 bytes/,
  ],
  [
    "a global header of 100 MiB",
    handArchive([{ name: "p", type: "g", size: 100 << 20 }]),
    "limitExceeded",
    /104857600 bytes/,
  ],
  [
    "an attribute above 64 KiB",
    handArchive([{ name: "f", pax: { "SCHILY.xattr.user.a": "x".repeat(65_537) } }]),
    "limitExceeded",
    /"f": its extended attributes/,
  ],
  [
    "too many attributes",
    handArchive([
      { name: "f", pax: Object.fromEntries([...Array(1001).keys()].map((n) => [`SCHILY.xattr.user.${n}`, ""])) },
    ]),
    "limitExceeded",
    /attributes/,
  ],
  [
    "attributes that are large together",
    handArchive([
      {
        name: "f",
        pax: Object.fromEntries([...Array(5).keys()].map((n) => [`SCHILY.xattr.user.${n}`, "x".repeat(60_000)])),
      },
    ]),
    "limitExceeded",
    /attributes/,
  ],
  [
    "more entries than the limit",
    handArchive([{ name: "a" }, { name: "b" }, { name: "c" }]),
    "limitExceeded",
    /"c": more than 2 entries/,
    { entries: 2 },
  ],
  [
    "more bytes than the limit",
    handArchive([{ name: "f", content: "x".repeat(5000) }]),
    "limitExceeded",
    /larger than 4096/,
    { totalBytes: 4096 },
  ],
  [
    "a file that is declared larger than the limit",
    handEntry({ name: "f", size: 1 << 30 }),
    "limitExceeded",
    /"f": .*larger/,
    { totalBytes: 1 << 20 },
  ],
];

for (const [what, archive, code, message, limits] of refusals) {
  test(`TarReader refuses ${what}`, () => {
    const read = (): unknown => readArchive(archive, limits === undefined ? {} : { limits });
    assert.throws(read, (error) => error instanceof EngineError && error.code === code && message.test(error.message));
  });
}
