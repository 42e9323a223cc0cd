import assert from "node:assert/strict";
import { test } from "node:test";
import { limitsToResources, type ResourceLimits } from "../../../src/cgroups/index.ts";

const facts = { cpuCount: 2 };
const mebibyte = 1024 * 1024;

test("limitsToResources() translates Docker's limits", () => {
  const resources = limitsToResources(
    {
      memoryBytes: 64 * mebibyte,
      memorySwapBytes: -1,
      cpus: 0.5,
      cpuShares: 512,
      cpusetCpus: "0",
      pidsLimit: -1,
      blkioWeight: 300,
      cgroupConf: new Map([["memory.high", "1"]]),
    },
    facts,
  );
  assert.deepEqual(resources, {
    memory: { limit: 64 * mebibyte, swap: -1 },
    cpu: { shares: 512, quota: 50_000, period: 100_000, cpus: "0" },
    pids: { limit: -1 },
    blockIO: { weight: 300 },
    unified: { "memory.high": "1" },
  });
});

test("limitsToResources() takes zero and nothing for no limit", () => {
  assert.deepEqual(limitsToResources({}, facts), {});
  const zeros = {
    memoryBytes: 0,
    memorySwapBytes: 0,
    cpus: 0,
    cpuShares: 0,
    cpuQuotaUs: 0,
    cpusetCpus: "",
    blkioWeight: 0,
  };
  assert.deepEqual(limitsToResources(zeros, facts), {});
});

const contradictions: readonly (readonly [ResourceLimits, string])[] = [
  [{ memoryBytes: 6 * mebibyte - 1 }, "Minimum memory limit allowed is 6MB"],
  [
    { memoryBytes: 64 * mebibyte, memorySwapBytes: 32 * mebibyte },
    "Minimum memoryswap limit should be larger than memory limit, see usage",
  ],
  [{ memorySwapBytes: mebibyte }, "You should always set the Memory limit when using Memoryswap limit, see usage"],
  [{ memoryReservationBytes: mebibyte }, "Minimum memory reservation allowed is 6MB"],
  [
    { memoryBytes: 32 * mebibyte, memoryReservationBytes: 64 * mebibyte },
    "Minimum memory limit can not be less than memory reservation limit, see usage",
  ],
  [{ cpus: 1, cpuPeriodUs: 100_000 }, "Conflicting options: Nano CPUs and CPU Period cannot both be set."],
  [{ cpus: 1, cpuQuotaUs: 50_000 }, "Conflicting options: Nano CPUs and CPU Quota cannot both be set."],
  [{ cpus: 3 }, "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"],
  [{ cpus: -1 }, "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"],
  [{ cpus: Number.NaN }, "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"],
  [{ cpuPeriodUs: 999 }, "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)"],
  [{ cpuQuotaUs: 999 }, "CPU cfs quota can not be less than 1ms (i.e. 1000)"],
  [{ blkioWeight: 9 }, "Range of blkio weight is from 10 to 1000"],
  [{ cpuShares: -1 }, "invalid CPU shares (-1): value must be a positive integer"],
];

for (const [limits, sentence] of contradictions) {
  test(`limitsToResources() refuses ${JSON.stringify(limits)}`, () => {
    assert.throws(() => limitsToResources(limits, facts), { code: "invalidValue", message: sentence });
  });
}

test("limitsToResources() takes rates for block devices only", () => {
  const ask = (path: string) => () => limitsToResources({ deviceReadBps: [{ path, rate: 1 }] }, facts);
  assert.throws(ask("/dev/null"), { code: "invalidValue", message: '"/dev/null" is not a block device' });
  assert.throws(ask("/dev/no-such-disk"), { code: "invalidValue", message: 'no such device "/dev/no-such-disk"' });
});
