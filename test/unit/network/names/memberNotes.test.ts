import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import {
  formatNote,
  listNotes,
  noteLines,
  parseNote,
  removeNotes,
  writeNote,
} from "../../../../src/network/names/memberNotes.ts";

const [one, two] = ["1".repeat(64), "2".repeat(64)];
const known = {
  hostInterface: "bv0123456789ab",
  addresses: ["10.200.1.2", "fd00::2"],
  names: ["web", "111111111111", "db.example", "10.0.0.9"],
};

function root(t: TestContext, ...networks: readonly string[]): string {
  const path = mkdtempSync(join(tmpdir(), "brig-notes-"));
  t.after(() => rmSync(path, { recursive: true }));
  for (const network of networks) mkdirSync(join(path, "networks", network), { recursive: true });
  return path;
}

test("a note says who a member is, where, and what it is called", () => {
  const note = { containerId: one, known };
  assert.deepEqual(parseNote(formatNote(note)), note);
  assert.deepEqual(parseNote(formatNote({ containerId: one })), { containerId: one });
  assert.deepEqual(parseNote(formatNote({ containerId: one, known: { addresses: [], names: [] } })), {
    containerId: one,
    known: { addresses: [], names: [] },
  });
  const names = known.names.join(" ");
  assert.equal(noteLines(known), `10.200.1.2\t${names}\nfd00::2\t${names}\n`);
  assert.equal(noteLines({ ...known, names: [] }), "");
});

test("formatNote() leaves to the record what is too long for the name of a file", () => {
  const names = Array.from({ length: 20 }, (_, index) => `alias-of-some-length-${index}`);
  assert.equal(formatNote({ containerId: one, known: { ...known, names } }), one);
});

test("formatNote() notes nothing that is no name of a host", () => {
  const names = ["a/b", "a,b", "a=b", "../x", "a\nb", "ü", "a\0", "-a", "", "good", "good"];
  const note = formatNote({ containerId: one, known: { ...known, names } });
  assert.deepEqual(parseNote(note)?.known?.names, ["good"]);
});

test("parseNote() takes nothing else for a note", () => {
  for (const text of [
    "",
    ".",
    "=",
    "web",
    one.slice(1),
    `${one}0`,
    `${one.slice(1)}G`,
    `.${one}`,
    `${one}=`,
    `${one}=a=b`,
    `${one}x=a=b=c`,
  ])
    assert.equal(parseNote(text), undefined, text);
});

test("writeNote() replaces what was noted of the same member, and of no other", (t) => {
  const place = root(t, "own");
  writeNote(place, "own", { containerId: one, known });
  writeNote(place, "own", { containerId: two, known: { addresses: ["10.200.1.3"], names: ["other"] } });
  writeNote(place, "own", { containerId: one });
  assert.deepEqual(listNotes(place, "own"), [
    { containerId: one },
    { containerId: two, known: { addresses: ["10.200.1.3"], names: ["other"] } },
  ]);
  assert.equal(removeNotes(place, "own", one), true);
  assert.equal(removeNotes(place, "own", one), false);
  assert.equal(listNotes(place, "own").length, 1);
});

test("writeNote() makes no directory of a network that is gone", (t) => {
  const place = root(t, "own");
  writeNote(place, "gone", { containerId: one, known });
  assert.equal(existsSync(join(place, "networks", "gone")), false);
  assert.deepEqual(listNotes(place, "gone"), []);
});

test("listNotes() sends to the record of a member that was being noted anew", (t) => {
  const place = root(t, "own");
  writeNote(place, "own", { containerId: one, known });
  const directory = join(place, "networks", "own", "members");
  writeFileSync(join(directory, formatNote({ containerId: one, known: { ...known, names: ["renamed"] } })), "");
  assert.equal(readdirSync(directory).length, 2);
  assert.deepEqual(listNotes(place, "own"), [{ containerId: one }]);
});
