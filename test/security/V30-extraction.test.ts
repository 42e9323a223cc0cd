// @regression V30 CVE-2014-6407, CVE-2014-9356, CVE-2025-47290
// @wrong An entry of a layer left the layer's directory by its name or through a link that came before.
// @rule R2
// @defence Layers are unpacked by a process that has pivoted into the layer, by descriptors and single names.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EngineError, spawnHelper } from "../../src/base/index.ts";
import { planUnpacking } from "../../src/overlay/planUnpacking.ts";
import { type HandEntry, handArchive } from "../support/handTar.ts";
import {
  freshDiffId,
  type LayerBench,
  makeLayerBench,
  stagingLeftovers,
  unpackArchive,
  wayToCanary,
} from "../support/layerBench.ts";
import { helperPath } from "../support/projectPaths.ts";
import { digestTree } from "../support/treeDigest.ts";

// Archives that try to leave the directory they are unpacked in: nine kinds of entries by twelve ways out. Each must be
// refused, or have its effect inside; a tree outside is compared with what it was, change times included. Every
// archive goes through the layer store, and its raw names also to the helper alone, which has to hold by itself.

interface Way {
  readonly name: string;
  /** What comes first in the archive, and the directory that the entry is put into ("" is the root). */
  readonly lead: (canary: string) => readonly (readonly HandEntry[])[];
  readonly directory: (canary: string) => string;
  readonly outcome: "refused" | "inside";
}

const symlink = (name: string, link: string): HandEntry => ({ name, type: "2", link });
const dir = (name: string): HandEntry => ({ name, type: "5", mode: 0o755 });
const chain = (length: number, target: string): readonly HandEntry[] =>
  [...Array(length).keys()].map((n) => symlink(`s${n === 0 ? "" : n}`, n + 1 === length ? target : `s${n + 1}`));

const ways: readonly Way[] = [
  { name: "../x", lead: () => [[]], directory: () => wayToCanary, outcome: "refused" },
  { name: "/x", lead: () => [[]], directory: (canary) => canary, outcome: "inside" },
  { name: "a/../../x", lead: () => [[dir("a")]], directory: () => `a/../${wayToCanary}`, outcome: "refused" },
  { name: "an absolute symlink", lead: (canary) => [[symlink("s", canary)]], directory: () => "s", outcome: "inside" },
  { name: "a relative symlink", lead: () => [[symlink("s", wayToCanary)]], directory: () => "s", outcome: "inside" },
  {
    name: "a symlink as the root",
    lead: (canary) => [[symlink(".", canary)], [symlink("./", canary)], [symlink("/.", canary)]],
    directory: () => "",
    outcome: "refused",
  },
  {
    name: "a chain of 1 to 40 symlinks",
    lead: (canary) => [1, 2, 3, 20, 39, 40].map((n) => chain(n, canary)),
    directory: () => "s",
    outcome: "inside",
  },
  { name: "a chain of 41 symlinks", lead: (canary) => [chain(41, canary)], directory: () => "s", outcome: "refused" },
  {
    name: "a loop of symlinks",
    lead: () => [[symlink("s", "t"), symlink("t", "s")], [symlink("s", "s")], [symlink("s", "./s/s")]],
    directory: () => "s",
    outcome: "refused",
  },
  {
    name: "a file as a directory",
    lead: () => [[{ name: "s", content: "x" }]],
    directory: () => "s",
    outcome: "refused",
  },
  {
    name: "a duplicate entry",
    lead: (canary) => [
      [symlink("victim", `${canary}/victim`), symlink("new", `${canary}/new`), symlink("dir", `${canary}/dir`)],
    ],
    directory: () => "",
    outcome: "inside",
  },
  {
    name: "a directory swapped for a symlink",
    lead: (canary) => [[dir("s"), { name: "s/first", content: "x" }, symlink("s", canary)]],
    directory: () => "s",
    outcome: "inside",
  },
  {
    name: "a symlink swapped for a directory",
    lead: (canary) => [[symlink("s", canary), { name: "s/first", content: "x" }, dir("s")]],
    directory: () => "s",
    outcome: "inside",
  },
];

type Kind = (path: (name: string) => string) => readonly HandEntry[];

const names = ["victim", "new", "dir", "dir/victim"];
const each = (entry: (name: string) => HandEntry): readonly HandEntry[] => names.map(entry);
const kinds: Readonly<Record<string, Kind>> = {
  regular: (path) =>
    each((name) => ({ name: path(name), content: "overwritten", mode: 0o4777, pax: { "SCHILY.xattr.user.x": "1" } })),
  dir: (path) => each((name) => ({ name: path(name), type: "5", mode: 0o777, uid: 7 })),
  symlink: (path) => each((name) => ({ name: path(name), type: "2", link: "/etc/passwd" })),
  hardlink: (path) => [
    ...names.map((name): HandEntry => ({ name: path(name), type: "1", link: "ok", mode: 0o777 })),
    ...names.map(
      (name): HandEntry => ({
        name: `linked-${name.replace("/", "-")}`,
        type: "1",
        link: path(name),
        mode: 0o777,
        uid: 7,
      }),
    ),
  ],
  fifo: (path) => each((name) => ({ name: path(name), type: "6", mode: 0o777 })),
  chr: (path) => each((name) => ({ name: path(name), type: "3", major: 1, minor: 3, mode: 0o777 })),
  blk: (path) => each((name) => ({ name: path(name), type: "4", major: 7, minor: 999, mode: 0o777 })),
  whiteout: (path) => each((name) => ({ name: path(name.replace(/([^/]+)$/, ".wh.$1")) })),
  opaque: (path) => [{ name: path(".wh..wh..opq") }, { name: path("dir/.wh..wh..opq") }],
};

/** Each entry of the kind in an archive of its own, so that the refusal of one hides no other. */
function archivesOf(way: Way, kind: Kind, canary: string): readonly (readonly HandEntry[])[] {
  const directory = way.directory(canary);
  const entries = kind((name) => (directory === "" ? name : `${directory}/${name}`));
  return way
    .lead(canary)
    .flatMap((lead) => entries.map((entry) => [{ name: "ok", content: "ok" }, ...lead.map(withPax), withPax(entry)]));
}

/** Long names do not fit into a header. */
function withPax(entry: HandEntry): HandEntry {
  const link = entry.link === undefined ? {} : { linkpath: entry.link };
  return { ...entry, name: "long", link: "", pax: { ...entry.pax, path: entry.name, ...link } };
}

async function unpackSafely(bench: LayerBench, entries: readonly HandEntry[]): Promise<"inside" | "refused"> {
  try {
    await unpackArchive(bench.store, handArchive(entries));
    return "inside";
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    assert.ok(error.code === "malformedLayer" || error.code === "unsafeLayer", `${error.code}: ${error.message}`);
    return "refused";
  }
}

const opOfFlag: Readonly<Record<string, string>> = {
  "0": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "char",
  "4": "block",
  "5": "dir",
  "6": "fifo",
};

/** The records that a careless engine would make of the entries: names unchecked. */
function rawRecord({ type = "0", content = "", pax = {}, major = 0, minor = 0 }: HandEntry): string {
  const path = String(pax.path);
  const mark = path.lastIndexOf("/.wh.") + 1;
  const metadata = `mode=511\0uid=7\0gid=7\0mtime=1\0nsec=1\0target=${pax.linkpath}\0major=${major}\0minor=${minor}\0size=${content.length}\0`;
  if (path.endsWith(".wh..wh..opq")) return `opaque\0path=${path.slice(0, mark) || "."}\0\0`;
  if (path.startsWith(".wh.", mark)) return `whiteout\0path=${path.slice(0, mark)}${path.slice(mark + 4)}\0\0`;
  return `${opOfFlag[type]}\0path=${path}\0${metadata}\0${type === "0" ? content : ""}`;
}

async function feedHelper(bench: LayerBench, entries: readonly HandEntry[]): Promise<void> {
  const directory = join(bench.staging, freshDiffId().slice(7), "tree");
  mkdirSync(directory, { recursive: true });
  const helper = spawnHelper(helperPath, planUnpacking(directory));
  const seals = entries
    .map(withPax)
    .filter(({ type }) => type === "5")
    .map((entry) => rawRecord(entry).replace("dir", "seal"));
  helper.stdin.end(Buffer.from(`${entries.map(withPax).map(rawRecord).join("")}${seals.join("")}done\0\0`, "latin1"));
  const { status, records } = await helper.ended;
  assert.equal(records[0]?.op, status === 0 ? "done" : "error");
}

for (const way of ways) {
  for (const [kindName, kind] of Object.entries(kinds)) {
    test(`V30: ${kindName} through ${way.name} stays inside`, async (t) => {
      const bench = makeLayerBench(t);
      const before = digestTree(bench.canary);
      const outcomes = new Set<string>();
      for (const entries of archivesOf(way, kind, bench.canary)) outcomes.add(await unpackSafely(bench, entries));
      assert.deepEqual(stagingLeftovers(bench), []);
      assert.deepEqual(digestTree(bench.canary), before);
      if (way.outcome === "refused") assert.deepEqual([...outcomes], ["refused"]);
      else assert.ok(outcomes.has("inside"));
      for (const entries of archivesOf(way, kind, bench.canary)) await feedHelper(bench, entries);
      assert.deepEqual(digestTree(bench.canary), before);
    });
  }
}
