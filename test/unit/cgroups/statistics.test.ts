import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { groupFiles, readEvents, readStatistics } from "../../../src/cgroups/index.ts";

function withGroup(files: Readonly<Record<string, string>>, body: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "brig-group-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("readStatistics() reads the files of a group", () => {
  const files = {
    "memory.current": "4096\n",
    "memory.peak": "8192\n",
    "memory.max": "67108864\n",
    "cpu.stat": "usage_usec 30\nuser_usec 10\nsystem_usec 20\nnr_periods 5\nnr_throttled 2\nthrottled_usec 7\n",
    "pids.current": "3\n",
    "pids.max": "max\n",
    "io.stat": "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2 rios=1 wios=1\n",
  };
  withGroup(files, (directory) =>
    assert.deepEqual(readStatistics(groupFiles(directory)), {
      memory: { current: 4096, peak: 8192, max: 67_108_864 },
      cpu: { usageUs: 30, userUs: 10, systemUs: 20 },
      throttling: { periods: 5, throttled: 2, throttledUs: 7 },
      pids: { current: 3 },
      io: { readBytes: 11, writtenBytes: 22 },
    }),
  );
});

test("readEvents() tells kills from populated groups and refused forks", () => {
  const files = {
    "cgroup.events": "populated 1\nfrozen 0\n",
    "memory.events": "low 0\nhigh 1\nmax 9\noom 2\noom_kill 1\noom_group_kill 1\n",
    "pids.events": "max 4\n",
  };
  withGroup(files, (directory) =>
    assert.deepEqual(readEvents(groupFiles(directory)), {
      populated: true,
      memory: { oom: 2, oomKill: 1, high: 1, max: 9 },
      pidsMax: 4,
    }),
  );
});

test("readStatistics() and readEvents() say nothing of controllers that are off and groups that are gone", () => {
  withGroup({ "cpu.stat": "usage_usec 1\n" }, (directory) => {
    assert.deepEqual(readStatistics(groupFiles(directory)), { cpu: { usageUs: 1, userUs: 0, systemUs: 0 } });
    assert.deepEqual(readEvents(groupFiles(join(directory, "gone"))), {});
  });
});

test("readStatistics() passes over what it cannot read as a number", () => {
  const texts = new Map([
    ["memory.current", "many"],
    ["cpu.stat", "usage_usec\nusage_usec x\n\nstrange 1 2\n"],
    ["io.stat", "garbage"],
  ]);
  assert.deepEqual(
    readStatistics((name) => texts.get(name)),
    { io: { readBytes: 0, writtenBytes: 0 } },
  );
});
