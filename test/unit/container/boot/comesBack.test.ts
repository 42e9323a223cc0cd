import assert from "node:assert/strict";
import test from "node:test";
import { type BootFacts, comesBack } from "../../../../src/container/boot/comesBack.ts";
import type { ExitRecord, LiveState } from "../../../../src/container/state/liveState.ts";

const started = { bootId: "last", at: "2026-01-01T00:00:00.000Z" };

const exit: ExitRecord = {
  started: true,
  exitCode: 0,
  startedAt: "2026-01-01T00:00:00.000000000Z",
  finishedAt: "2026-01-01T00:01:00.000000000Z",
  restarts: 0,
  failure: "",
  statistics: {},
};

const process = { pid: 7, startTime: "1", bootId: "this" };
const ended = (change: Partial<ExitRecord>): LiveState => ({ status: "exited", exit: { ...exit, ...change } });
const byReboot = ended({ rebooted: true, exitCodeKnown: false, exitCode: 137 });

/** The states that a container can have after a reboot when nobody has touched it since. */
const ends = {
  "ended by the reboot": byReboot,
  "ended well before": ended({}),
  "failed before": ended({ exitCode: 3 }),
  "never ran: its start failed": { status: "created" },
} as const satisfies Record<string, LiveState>;

type End = keyof typeof ends;
const all = Object.keys(ends) as End[]; // the keys of the table above

/** What comes back: by policy, whether somebody had stopped it, and how it ended. */
const table: readonly (readonly [BootFacts["policy"]["policy"], "stopped" | "not stopped", readonly End[]])[] = [
  ["no", "not stopped", []],
  ["no", "stopped", []],
  ["always", "not stopped", all],
  ["always", "stopped", all],
  ["unless-stopped", "not stopped", all],
  ["unless-stopped", "stopped", []],
  ["on-failure", "not stopped", ["ended by the reboot"]],
  ["on-failure", "stopped", []],
];

for (const [policy, stopped, expected] of table) {
  test(`comesBack() after a reboot: ${policy}, ${stopped}`, () => {
    const facts = { policy: { policy, retries: 0 }, isStopped: stopped === "stopped", bootId: "this" };
    const back = (live: LiveState, mark: BootFacts["started"]) => comesBack({ ...facts, live, started: mark });
    assert.deepEqual(
      all.filter((end) => back(ends[end], started)),
      expected,
    );
    for (const end of all) {
      assert.equal(back(ends[end], undefined), false, `never started: ${end}`);
      assert.equal(back(ends[end], { ...started, bootId: "this" }), false, `started in this boot: ${end}`);
    }
  });
}

test("comesBack() leaves alone what runs, waits for its next start or lacks a monitor", () => {
  const running = { process, startedAt: exit.startedAt, restarts: 0 };
  const others: readonly LiveState[] = [
    { status: "running", ...running },
    { status: "paused", ...running },
    { status: "restarting", monitor: process, exit },
    { status: "dead", ...running },
  ];
  const facts = { policy: { policy: "always", retries: 0 }, isStopped: false, bootId: "this", started } as const;
  for (const live of others) assert.equal(comesBack({ ...facts, live }), false, live.status);
});

test("comesBack() counts the reboot as one of the failures that on-failure allows", () => {
  const back = (retries: number, restarts: number) =>
    comesBack({
      policy: { policy: "on-failure", retries },
      live: ended({ rebooted: true, restarts }),
      started,
      isStopped: false,
      bootId: "this",
    });
  assert.deepEqual([back(2, 0), back(2, 1), back(2, 2), back(0, 99)], [true, true, false, true]);
});
