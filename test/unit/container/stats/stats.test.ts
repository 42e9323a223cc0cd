import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import type { ContainerId } from "../../../../src/base/index.ts";
import { readPressures } from "../../../../src/cgroups/index.ts";
import { statsRow } from "../../../../src/cli/render/statsRows.ts";
import { type ContainerSample, parseNetDev, sampleContainer } from "../../../../src/container/stats/containerSample.ts";
import { compareSamples, nothingUsed } from "../../../../src/container/stats/containerStats.ts";

const directory = mkdtempSync(join(tmpdir(), "brig-stats-"));
after(() => rmSync(directory, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}

const netDev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 9999999       9    0    0    0     0          0         0  9999999       9    0    0    0     0       0          0
  eth0:    1500      10    0    0    0     0          0         0     700       7    0    0    0     0       0          0
eth:1:     500      10    0    0    0     0          0         0     300       7    0    0    0     0       0          0
`;
const stall = "some avg10=1.50 avg60=0.25 avg300=0.00 total=12345\nfull avg10=0.50 avg60=0.00 avg300=0.00 total=99\n";

put("full/memory.current", "104857600\n");
put("full/memory.max", "209715200\n");
put("full/memory.stat", "anon 1\ninactive_file 4857600\n");
put("full/memory.events", "low 0\nhigh 0\nmax 3\noom 2\noom_kill 1\n");
put("full/cpu.stat", "usage_usec 5000000\nuser_usec 1\nsystem_usec 1\n");
put("full/io.stat", "8:0 rbytes=1000 wbytes=2000 rios=1\n253:0 rbytes=1 wbytes=2\n");
put("full/pids.current", "12\n");
put("full/cpu.pressure", stall);
put("bare/cpu.stat", "usage_usec 10\n");
put("bare/cgroup.threads", "1\n2\n");
put("bare/inner/cgroup.threads", "3\n");
put("proc/7/net/dev", netDev);

test("sampleContainer() reads every counter that there is", () => {
  const sample = sampleContainer({
    cgroup: join(directory, "full"),
    networkPid: 7,
    proc: join(directory, "proc"),
    atNs: 5n,
  });
  assert.deepEqual(sample, {
    atNs: 5n,
    cpuUs: 5_000_000,
    memory: { usedBytes: 100_000_000, limitBytes: 209_715_200 },
    network: { receivedBytes: 2000, sentBytes: 1000 },
    block: { readBytes: 1001, writtenBytes: 2002 },
    tasks: 12,
    oomKills: 1,
    pressure: {
      cpu: {
        some: { avg10: 1.5, avg60: 0.25, avg300: 0, totalUs: 12345 },
        full: { avg10: 0.5, avg60: 0, avg300: 0, totalUs: 99 },
      },
    },
  });
});

test("sampleContainer() counts threads itself and leaves out what no controller counts", () => {
  const sample = sampleContainer({ cgroup: join(directory, "bare"), atNs: 0n });
  assert.deepEqual(sample, { atNs: 0n, cpuUs: 10, tasks: 3, pressure: {} });
});

test("sampleContainer() of a group or process that is gone is empty", () => {
  const gone = { cgroup: join(directory, "gone"), networkPid: 99, proc: join(directory, "proc"), atNs: 0n };
  assert.deepEqual(sampleContainer(gone), { atNs: 0n, tasks: 0, pressure: {} });
});

test("parseNetDev() sums all interfaces but the loopback and passes over what is no line of it", () => {
  assert.deepEqual(parseNetDev(netDev), { receivedBytes: 2000, sentBytes: 1000 });
  for (const text of ["", "x", "a\nb\nc: 1 2", "a\nb\neth0:\n"])
    assert.deepEqual(parseNetDev(text), { receivedBytes: 0, sentBytes: 0 });
});

test("readPressures() leaves out what the kernel does not count", () => {
  assert.deepEqual(
    readPressures(() => undefined),
    {},
  );
  const io = "some avg10=1.00 avg60=0.00 avg300=0.00 total=7\n";
  const found = readPressures((name) => (name === "io.pressure" ? io : "nonsense\n"));
  assert.deepEqual(found, { io: { some: { avg10: 1, avg60: 0, avg300: 0, totalUs: 7 } } });
});

const sample = (change: Partial<ContainerSample>): ContainerSample => ({
  atNs: 0n,
  cpuUs: 0,
  tasks: 1,
  pressure: {},
  ...change,
});

test("compareSamples() gives the share of one processor in the time between", () => {
  const share = (cpuUs: number, atNs: bigint) =>
    compareSamples(sample({ cpuUs, atNs }), sample({ cpuUs: 100 }), 1).cpuPercent;
  assert.equal(share(1_000_100, 1_000_000_000n), 100);
  assert.equal(share(2_000_100, 1_000_000_000n), 200);
  assert.equal(share(0, 1_000_000_000n), 0, "another group after a restart");
  assert.equal(share(200, 0n), 0, "no time has passed");
  assert.equal(compareSamples(sample({}), undefined, 1).cpuPercent, undefined);
});

test("compareSamples() takes the host's memory for the limit of a container without one", () => {
  const memory = compareSamples(sample({ memory: { usedBytes: 25 } }), undefined, 100).memory;
  assert.deepEqual(memory, { usedBytes: 25, limitBytes: 100, percent: 25 });
});

const named = { id: "f".repeat(64) as ContainerId, name: "web", asked: "we" };

test("statsRow() prints Docker's columns, and -- for what is not counted", () => {
  const stats = { ...named, ...compareSamples(sample({ memory: { usedBytes: 1536 * 1024 } }), sample({}), 1024 ** 3) };
  const row = statsRow(stats, { full: false });
  assert.equal(row.get("MemUsage"), "1.5MiB / 1GiB");
  assert.equal(row.get("MemPerc"), "0.15%");
  assert.equal(row.get("BlockIO"), "-- / --");
  assert.equal(row.get("OOMKills"), "--");
  assert.equal(row.get("ID"), "f".repeat(12));
});

test("statsRow() prints zeros for a container that does not run", () => {
  const row = statsRow({ ...named, ...nothingUsed }, { full: true });
  const shown = ["ID", "CPUPerc", "MemUsage", "NetIO", "BlockIO", "PIDs"].map((name) => row.get(name));
  assert.deepEqual(shown, ["f".repeat(64), "0.00%", "0B / 0B", "0B / 0B", "0B / 0B", "0"]);
});
