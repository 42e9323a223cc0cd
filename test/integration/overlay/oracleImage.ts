import { writeFileSync } from "node:fs";
import { type HandEntry, handArchive } from "../../support/handTar.ts";
import { makeLayout } from "../../support/makeLayout.ts";
import { runTool } from "../../support/programs.ts";

/**
 * An OCI layout whose `latest` has a Debian root at the bottom, a layer of everything odd that a file system can hold,
 * and a layer that changes and deletes parts of both.
 */
export function oracleLayout(): Promise<string> {
  return makeLayout("overlay-oracle", [{ tag: "latest", layers: [debian, odd, changes], config: [] }]);
}

async function debian(directory: string): Promise<string> {
  await runTool("mmdebstrap", ["--quiet", "--variant=minbase", "bookworm", `${directory}.tar`]);
  return `${directory}.tar`;
}

function odd(directory: string): string {
  const capability = (version: number): Buffer => {
    const value = Buffer.alloc(version === 2 ? 20 : 24);
    value.writeUInt32LE((version << 24) | 1);
    value.writeUInt32LE(1 << 10, 4);
    return value;
  };
  // version 2, then tag, permissions and id of each: user::rwx, user:1234:r-x, group::r-x, mask::rwx, other::r-x
  const acl = Buffer.alloc(4 + 5 * 8);
  acl.writeUInt32LE(2);
  const rights = [
    [0x01, 7, 0xffffffff],
    [0x02, 5, 1234],
    [0x04, 5, 0xffffffff],
    [0x10, 7, 0xffffffff],
    [0x20, 5, 0xffffffff],
  ];
  for (const [n, [tag = 0, permissions = 0, id = 0]] of rights.entries()) {
    acl.writeUInt16LE(tag, 4 + n * 8);
    acl.writeUInt16LE(permissions, 6 + n * 8);
    acl.writeUInt32LE(id, 8 + n * 8);
  }
  const sparse = Buffer.alloc(3 << 20);
  sparse.write("in the middle", 1_500_000);
  const deep = [...Array(40).keys()].map((n) => `odd/${"deep/".repeat(n)}`);
  const entries: readonly HandEntry[] = [
    ...deep.map(
      (name): HandEntry => ({ name, type: "5", mode: 0o755, pax: { path: name, mtime: "1600000000.000000001" } }),
    ),
    { name: "odd/nanoseconds", content: "n", pax: { mtime: "1234567890.123456789" } },
    { name: "odd/before-1970", content: "n", pax: { mtime: "-1000000.25" } },
    { name: "odd/empty", mtime: 1 },
    { name: "odd/setuid", content: "x", mode: 0o4711, uid: 12, gid: 34 },
    { name: "odd/setgid", content: "x", mode: 0o2755, uid: 12, gid: 34 },
    { name: "odd/unreadable", content: "x", mode: 0 },
    { name: "odd/high-ids", content: "x", pax: { uid: "3000000000", gid: "4294967294" } },
    { name: "odd/sticky/", type: "5", mode: 0o1777, mtime: 5 },
    { name: "odd/setgid-dir/", type: "5", mode: 0o2775, gid: 50, mtime: 5 },
    { name: "odd/setgid-dir/file", content: "own group", mode: 0o644 },
    { name: "odd/setgid-dir/dir/", type: "5", mode: 0o755, mtime: 6 },
    { name: "odd/closed-dir/", type: "5", mode: 0o500, uid: 99, mtime: 7 },
    { name: "odd/closed-dir/file", content: "x" },
    { name: "odd/fifo", type: "6", mode: 0o622, uid: 3 },
    { name: "odd/null", type: "3", mode: 0o666, major: 1, minor: 3 },
    { name: "odd/minor", type: "3", mode: 0o600, major: 4095, minor: 0o3777777 },
    { name: "odd/disk", type: "4", mode: 0o660, gid: 6, major: 8, minor: 300 },
    { name: "odd/sparse", content: sparse },
    { name: "odd/zeros", content: Buffer.alloc(1 << 20) },
    { name: "odd/n", pax: { path: "odd/caf\xe9-\xff\xfe" }, content: "latin1" },
    { name: "odd/n", pax: { path: "odd/\x01\t\n new\\line" }, content: "controls" },
    { name: "odd/n", pax: { path: `odd/${"l".repeat(255)}` }, content: "long" },
    { name: "odd/n", pax: { path: `odd/${"deep/".repeat(39)}${"m".repeat(255)}` }, content: "long and deep" },
    { name: "odd/dangling", type: "2", link: "/no/where", uid: 5, mtime: 9 },
    { name: "odd/n", type: "2", pax: { path: "odd/far", linkpath: `../${"x/".repeat(200)}\xff` } },
    { name: "odd/self", type: "2", link: "self" },
    { name: "odd/one", content: "linked", mode: 0o640, uid: 8, mtime: 11 },
    { name: "odd/two", type: "1", link: "odd/one", mode: 0o640, uid: 8, mtime: 11 },
    { name: "odd/sticky/three", type: "1", link: "./odd/two", mode: 0o640, uid: 8, mtime: 11 },
    { name: "odd/link-to-link", type: "1", link: "odd/self" },
    {
      name: "odd/xattr",
      content: "x",
      pax: { "SCHILY.xattr.user.binary": "\x00\xff\n\x01", "SCHILY.xattr.user.empty": "" },
    },
    { name: "odd/xattr-dir/", type: "5", mode: 0o755, mtime: 5, pax: { "SCHILY.xattr.user.note": "on a directory" } },
    { name: "odd/cap2", content: "x", mode: 0o755, uid: 7, pax: { "SCHILY.xattr.security.capability": capability(2) } },
    { name: "odd/acl", content: "x", mode: 0o775, pax: { "SCHILY.xattr.system.posix_acl_access": acl } },
    { name: "odd/acl-dir/", type: "5", mode: 0o775, mtime: 5, pax: { "SCHILY.xattr.system.posix_acl_default": acl } },
    { name: "odd/acl-dir/plain", content: "inherits nothing", mode: 0o640 },
    { name: "odd/replaced", content: "first" },
    { name: "odd/replaced", content: "second, in the same layer", mode: 0o600 },
    { name: "odd/file-then-dir", content: "x" },
    { name: "odd/file-then-dir", type: "5", mode: 0o700, mtime: 5 },
    { name: "odd/dir-then-file/", type: "5", mode: 0o700 },
    { name: "odd/dir-then-file/inside", content: "x" },
    { name: "odd/dir-then-file", content: "x" },
    { name: "odd/alias", type: "2", link: "sticky" },
    { name: "odd/alias/through-link", content: "x" },
    { name: "odd/", type: "5", mode: 0o751, uid: 21, pax: { mtime: "1600000000.5" } },
  ];
  writeFileSync(`${directory}.tar`, handArchive(entries));
  return `${directory}.tar`;
}

function changes(directory: string): string {
  const entries: readonly HandEntry[] = [
    { name: "etc/", type: "5", mode: 0o755, mtime: 21 },
    { name: "etc/.wh.passwd-", mtime: 21 },
    { name: "etc/.wh.apt", mtime: 21 },
    { name: "etc/hostname", content: "changed\n" },
    { name: "usr/", type: "5", mode: 0o755, mtime: 22 },
    { name: "usr/share/", type: "5", mode: 0o755, mtime: 22 },
    { name: "usr/share/doc/", type: "5", mode: 0o700, mtime: 22 },
    { name: "usr/share/doc/.wh..wh..opq" },
    { name: "usr/share/doc/only", content: "this is left" },
    { name: "usr/share/bash-completion", content: "a directory became a file" },
    { name: "odd/", type: "5", mode: 0o755, mtime: 23 },
    { name: "odd/.wh.dangling" },
    { name: "odd/.wh.sticky" },
    { name: "odd/empty/", type: "5", mode: 0o755, mtime: 23 },
    { name: "odd/empty/inside", content: "a file became a directory" },
    { name: "odd/self", content: "a link became a file" },
    { name: "odd/xattr", content: "without attributes" },
    { name: "odd/xattr-dir/", type: "5", mode: 0o711, mtime: 24 },
    { name: "odd/setgid-dir/", type: "2", link: "deep" },
    { name: "odd/closed-dir/", type: "5", mode: 0o500, uid: 98, mtime: 8 },
    { name: "odd/closed-dir/.wh..wh..opq" },
  ];
  writeFileSync(`${directory}.tar`, handArchive(entries));
  return `${directory}.tar`;
}
