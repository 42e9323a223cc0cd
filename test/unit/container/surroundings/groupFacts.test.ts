import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { keptGroup, readGroupTree } from "../../../../src/container/surroundings/groupFacts.ts";

test("readGroupTree() reads the groups above a container's, its own and those below, and no more of them than 40", () => {
  const top = mkdtempSync(join(tmpdir(), "brig-groups-"));
  try {
    const own = join(top, "brig", "own");
    mkdirSync(own, { recursive: true });
    mkdirSync(join(top, "brig", "other"));
    for (let count = 0; count < 60; count += 1) mkdirSync(join(own, `below${count}`));
    for (const directory of [top, join(top, "brig"), own]) {
      writeFileSync(join(directory, "cgroup.controllers"), "cpu memory\n");
      writeFileSync(join(directory, "cgroup.procs"), directory === own ? "11\n12\n" : "");
    }
    writeFileSync(join(own, "memory.max"), "67108864\n");
    writeFileSync(join(own, "memory.current"), "4096\n");
    writeFileSync(join(own, "cpu.max"), "max 100000\n");
    writeFileSync(join(own, "memory.pressure"), "some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n");
    const groups = readGroupTree(own);
    assert.deepEqual(
      groups
        .slice(0, 3)
        .map(({ directory, place, otherGroups, processes }) => [directory, place, otherGroups, processes]),
      [
        [top, "above", 0, 0],
        [join(top, "brig"), "above", 1, 0],
        [own, "own", 0, 2],
      ],
    );
    assert.equal(groups.length, 3 + 40);
    assert.deepEqual(groups[2]?.limits, [["memory.max", "67108864"]]);
    assert.equal(groups[2]?.statistics.memory?.current, 4096);
    assert.equal(groups[2]?.pressure.memory?.some.avg60, 2);
    assert.deepEqual(readGroupTree(join(top, "gone")), []);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});

test("keptGroup() tells a limit from what its file says when nobody wrote it", () => {
  const unwritten = [
    ["memory.max", "max"],
    ["memory.low", "0"],
    ["memory.oom.group", "0"],
    ["cpu.max", "max 100000"],
    ["cpu.weight", "100"],
    ["io.max", ""],
    ["io.weight", "default 100"],
    ["pids.max", "max"],
  ] as const;
  const limitsIn = (files: readonly (readonly [string, string])[]) => {
    const texts = new Map(files);
    return keptGroup("/sys/fs/cgroup/own", (name) => (texts.has(name) ? `${texts.get(name)}\n` : undefined)).limits;
  };
  assert.deepEqual(limitsIn(unwritten), []);
  const written = [
    ["memory.swap.max", "0"],
    ["cpu.weight", "1"],
    ["pids.max", "100"],
  ] as const;
  assert.deepEqual(limitsIn(written), written);
});

test("keptGroup() describes a group by the files that were kept of it", () => {
  const files = new Map([
    ["memory.peak", "5\n"],
    ["memory.events", "oom_kill 1\n"],
  ]);
  const group = keptGroup("/sys/fs/cgroup/brig/own", (name) => files.get(name));
  assert.equal(group.peakBytes, 5);
  assert.equal(group.events.memory?.oomKill, 1);
});
