import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { type FileEnd, rewriteInPlace } from "../../../../src/network/names/rewriteInPlace.ts";

const whole = (text: string): FileEnd => ({ offset: 0, pieces: [Buffer.from(text)] });

function directory(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "brig-hosts-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("rewriteInPlace() keeps the file that is mounted elsewhere, whether the text gets longer or shorter", (t) => {
  const path = join(directory(t), "hosts");
  writeFileSync(path, "one\ntwo\n");
  const { ino } = statSync(path);
  for (const text of ["one\ntwo\nthree\n", "1\n", ""]) {
    rewriteInPlace(path, () => whole(text));
    assert.equal(readFileSync(path, "utf8"), text);
    assert.equal(statSync(path).ino, ino);
  }
});

test("rewriteInPlace() leaves what is before the offset", (t) => {
  const path = join(directory(t), "hosts");
  writeFileSync(path, "head\nold names\n");
  for (const pieces of [["a\n", "b\n"], ["many more names than before\n"], ["c\n"]]) {
    rewriteInPlace(path, () => ({ offset: 5, pieces: pieces.map((piece) => Buffer.from(piece)) }));
    assert.equal(readFileSync(path, "utf8"), `head\n${pieces.join("")}`);
  }
});

test("rewriteInPlace() does not touch a file that is as it should be", (t) => {
  const path = join(directory(t), "hosts");
  writeFileSync(path, "one\n");
  const before = statSync(path, { bigint: true }).mtimeNs;
  rewriteInPlace(path, (current) => ({ offset: current.length, pieces: [] }));
  assert.equal(statSync(path, { bigint: true }).mtimeNs, before);
});

test("rewriteInPlace() follows no link, waits for no pipe and makes no file", (t) => {
  const place = directory(t);
  const target = join(place, "target");
  writeFileSync(target, "safe\n");
  symlinkSync(target, join(place, "link"));
  mkdirSync(join(place, "directory"));
  rewriteInPlace(join(place, "link"), () => whole("evil\n"));
  rewriteInPlace(join(place, "missing"), () => whole("evil\n"));
  execFileSync("/usr/bin/mkfifo", [join(place, "pipe")]);
  rewriteInPlace(join(place, "pipe"), () => whole("evil\n"));
  assert.equal(readFileSync(target, "utf8"), "safe\n");
  assert.throws(() => statSync(join(place, "missing")), { code: "ENOENT" });
});

test("rewriteInPlace() reads no more than a mebibyte of a file that a container made huge", (t) => {
  const path = join(directory(t), "hosts");
  writeFileSync(path, "");
  truncateSync(path, 2 ** 40);
  let seen = 0;
  rewriteInPlace(path, (current) => {
    seen = current.length;
    return whole("small\n");
  });
  assert.equal(seen, 1 << 20);
  assert.equal(readFileSync(path, "utf8"), "small\n");
});
