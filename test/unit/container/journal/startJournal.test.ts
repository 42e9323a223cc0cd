import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { maxJournalCalls, newJournalKeeper } from "../../../../src/container/journal/journalKeeper.ts";
import { readStartJournal } from "../../../../src/container/journal/startJournal.ts";
import type { StepReport } from "../../../../src/launch/index.ts";

const report = (step: string, extra: Partial<StepReport> = {}): StepReport => ({
  step,
  process: "host",
  call: "clone3",
  args: "flags",
  result: 7,
  atNs: 5_000_000_000_000n,
  tookNs: 1200,
  why: `reason of ${step}`,
  ...extra,
});
const now = new Date("2026-03-01T12:00:00Z");

function inDirectory(use: (path: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "brig-journal-"));
  try {
    use(join(directory, "journal.json"));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

test("a journal is read as it was reported, with times after the first call", () =>
  inDirectory((path) => {
    const keeper = newJournalKeeper(path);
    const told: string[] = [];
    const follow = keeper.following(({ step }) => told.push(step));
    follow(report("clone", { atNs: 5_000_000_002_500n }));
    follow(report("root.pivot", { process: "child", result: -1, errno: "EINVAL" }));
    keeper.write("failed", now);
    follow(report("late"));
    keeper.write("started", now);
    assert.deepEqual(told, ["clone", "root.pivot", "late"]);
    const { atNs: _, ...clone } = report("clone");
    const { atNs: __, ...pivot } = report("root.pivot");
    assert.deepEqual(readStartJournal(path), {
      time: "2026-03-01T12:00:00.000Z",
      outcome: "failed",
      dropped: 0,
      calls: [
        { ...clone, startNs: 2500 },
        { ...pivot, process: "child", result: -1, errno: "EINVAL", startNs: 0 },
      ],
    });
  }));

test("a journal has a bounded number of calls and counts the rest", () =>
  inDirectory((path) => {
    const keeper = newJournalKeeper(path);
    const follow = keeper.following(undefined);
    for (let index = 0; index < maxJournalCalls + 3; index += 1) follow(report("clone"));
    keeper.write("started", now);
    const journal = readStartJournal(path);
    assert.equal(journal?.calls.length, maxJournalCalls);
    assert.equal(journal?.dropped, 3);
  }));

test("a journal that cannot be written is no failure of the start, and leaves nothing", () =>
  inDirectory((path) => {
    newJournalKeeper(join(path, "..", "gone", "journal.json")).write("started", now);
    assert.deepEqual(readdirSync(join(path, "..")), []);
  }));

test("without a journal nothing is read, and a damaged one is refused", () =>
  inDirectory((path) => {
    assert.equal(readStartJournal(path), undefined);
    newJournalKeeper(path).write("started", now);
    const whole = JSON.parse(readFileSync(path, "utf8")) as object;
    const damaged = [
      { outcome: "perhaps" },
      { calls: [["clone", "host", "clone3", 1, 7, null, 0, 1]] },
      { steps: ["clone"] },
      { time: 1 },
    ];
    for (const part of damaged) {
      writeFileSync(path, JSON.stringify({ ...whole, ...part }));
      assert.throws(() => readStartJournal(path), { code: "storeCorrupt" }, JSON.stringify(part));
    }
  }));
