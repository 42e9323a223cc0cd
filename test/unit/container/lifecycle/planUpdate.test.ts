import assert from "node:assert/strict";
import test from "node:test";
import { fillDefaults } from "../../../../src/container/fillDefaults.ts";
import { type ContainerChange, planUpdate } from "../../../../src/container/lifecycle/planUpdate.ts";
import type { RunOptions } from "../../../../src/container/runOptions.ts";
import { sampleFacts } from "../spec/sampleFacts.ts";

const mib = 1024 * 1024;
const plan = (change: ContainerChange, run: Partial<RunOptions> = {}) =>
  planUpdate(change, { id: "c", options: fillDefaults({ image: "i", ...run }), host: sampleFacts.host });

test("planUpdate() writes what differs, memory.max last", () => {
  const { writes, options, resources } = plan(
    { limits: { memoryBytes: 64 * mib, cpus: 1.5, pidsLimit: 7 } },
    { limits: { pidsLimit: 7, cpuShares: 512 } },
  );
  assert.deepEqual(
    writes.map(({ file, value }) => `${file} ${value}`),
    ["cpu.max 150000 100000", `memory.swap.max ${64 * mib}`, `memory.max ${64 * mib}`],
  );
  assert.deepEqual(options.limits, { pidsLimit: 7, cpuShares: 512, memoryBytes: 64 * mib, cpus: 1.5 });
  assert.equal(resources.memory?.limit, 64 * mib);
});

test("planUpdate() gives the group a controller that nobody had asked for", () => {
  const { group, writes } = plan({ limits: { cpusetCpus: "0-1" } });
  assert.deepEqual(writes, [{ file: "cpuset.cpus", value: "0-1" }]);
  assert.ok(group?.parents.every(({ enable }) => enable.includes("cpuset")));
});

test("planUpdate() leaves a limit of 0 as it is, and takes -1 for no limit", () => {
  const unchanged = plan({ limits: { memoryBytes: 0, pidsLimit: 0 } }, { limits: { memoryBytes: 64 * mib } });
  assert.deepEqual([unchanged.writes, unchanged.options.limits], [[], { memoryBytes: 64 * mib }]);
  assert.deepEqual(plan({ limits: { pidsLimit: -1 } }).writes, [{ file: "pids.max", value: "max" }]);
});

test("planUpdate() refuses what contradicts the limits that are there, in Docker's words", () => {
  const cases: readonly (readonly [ContainerChange, Partial<RunOptions>, RegExp])[] = [
    [
      { limits: { memoryBytes: 128 * mib } },
      { limits: { memoryBytes: 32 * mib, memorySwapBytes: 64 * mib } },
      /^Cannot update container c: Memory limit should be smaller than already set memoryswap limit, update the memory/,
    ],
    [{ limits: { cpus: 1 } }, { limits: { cpuQuotaUs: 5000 } }, /Nano CPUs cannot be updated as CPU Quota has already/],
    [
      { limits: { cpuPeriodUs: 5000 } },
      { limits: { cpus: 1 } },
      /CPU Period cannot be updated as NanoCPUs has already/,
    ],
    [
      { restart: { policy: "always", retries: 0 } },
      { remove: true },
      /because AutoRemove is enabled for the container$/,
    ],
    [{ limits: { cpusetCpus: "9" } }, {}, /Requested CPUs are not available - requested 9, available: 0-3/],
  ];
  for (const [change, run, message] of cases) assert.throws(() => plan(change, run), { message });
});
