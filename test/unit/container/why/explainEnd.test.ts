import assert from "node:assert/strict";
import test from "node:test";
import type { EngineEvent } from "../../../../src/container/events/eventRecord.ts";
import type { ExitRecord } from "../../../../src/container/state/liveState.ts";
import { observeState } from "../../../../src/container/state/observedState.ts";
import { type EndFacts, explainEnd as explainEndWith } from "../../../../src/container/why/explainEnd.ts";
import {
  explainHistory as explainHistoryWith,
  type HistoryFacts,
} from "../../../../src/container/why/explainHistory.ts";
import { english } from "../../../../src/messages/why/english.ts";
import { korean } from "../../../../src/messages/why/korean.ts";

const explainEnd = (facts: EndFacts) => explainEndWith(facts, english.end);
const explainHistory = (facts: HistoryFacts) => explainHistoryWith(facts, english.history);

const exit: ExitRecord = {
  started: true,
  startedAt: "2026-03-01T12:00:00.000000000Z",
  finishedAt: "2026-03-01T12:00:09.000000000Z",
  restarts: 0,
  failure: "",
  statistics: {},
};
const events = (kills: number) => `low 0\nhigh 0\nmax 9\noom ${kills}\noom_kill ${kills}\noom_group_kill 0\n`;

function why(record: Partial<ExitRecord>, failure?: { readonly message: string }): string | undefined {
  const state = observeState({ status: "exited", exit: { ...exit, ...record } });
  return explainEnd({ state, ...(failure === undefined ? {} : { failure }) });
}

test("explainEnd() says what the records say, and not more", () => {
  const memory = { "memory.events": events(1), "memory.peak": "67108864\n", "memory.max": "67108864\n" };
  const cases: readonly (readonly [Partial<ExitRecord>, string])[] = [
    [{ exitCode: 0 }, "exited with 0"],
    [{ exitCode: 127 }, "exited with 127, as a shell does for a command that it cannot find"],
    [{ exitCode: 143 }, "exited with 143, as a shell does for a command that SIGTERM ended"],
    [{ exitCode: 255 }, "exited with 255"],
    [{ signal: 15 }, "ended by SIGTERM"],
    [{ signal: 36 }, "ended by SIGRTMIN+2"],
    [{ signal: 9, statistics: memory }, "killed by the kernel: memory limit 64 MiB reached, peak 64 MiB, 1 kill"],
    [
      { exitCode: 137, statistics: { ...memory, "memory.events": events(2) } },
      "killed by the kernel: memory limit 64 MiB reached, peak 64 MiB, 2 kills",
    ],
    [
      { exitCode: 1, statistics: memory },
      "exited with 1, after the kernel had killed a process of it: memory limit 64 MiB reached, peak 64 MiB, 1 kill",
    ],
    [
      { signal: 9, statistics: { "memory.events": events(1), "memory.max": "max\n" } },
      "killed by the kernel: the machine, or a group above the container's, ran out of memory, 1 kill",
    ],
    [
      { signal: 9, statistics: { "memory.events": events(0) } },
      "ended by SIGKILL, which was sent to it: its memory had not run out",
    ],
    [
      { signal: 9 },
      "ended by SIGKILL; whether memory ran out is not known, because the host has no memory controller in cgroup v2",
    ],
    [
      { exitCode: 2, statistics: { "pids.events": "max 7\n" } },
      "exited with 2; the limit of its processes kept it from making one 7 times",
    ],
    [
      { started: false, failure: "root.overlay\nhost\nfsconfig\n28\n5, create" },
      "could not be started: fsconfig 5, create: no space left on the device (ENOSPC)",
    ],
    [
      { started: false, failure: "exec\ninit\nexecve\n2\n" },
      "could not be started: its command cannot be executed: no such file or directory (ENOENT)",
    ],
    [{ started: false, failure: "" }, "could not be started: the launch ended without saying why"],
  ];
  for (const [record, sentence] of cases) assert.equal(why(record), sentence);
  const kept = { message: 'exec: "/app": exec format error: "/app" is built for arm64, this machine is amd64' };
  assert.equal(why({ started: false, failure: "x" }, kept), `could not be started: ${kept.message}`);
  // The next start that works takes the failure away, so what is there is newer than any end.
  assert.equal(why({ exitCode: 0 }, kept), `could not be started: ${kept.message}`);
});

test("explainEnd() does not make up the end that nobody saw", () => {
  assert.match(
    explainEnd({
      state: observeState({
        status: "dead",
        startedAt: exit.startedAt,
        process: { pid: 1, startTime: "1", bootId: "b" },
        restarts: 0,
      }),
    }) ?? "",
    /^unknown: /,
  );
  assert.equal(explainEnd({ state: observeState({ status: "created" }) }), undefined);
  const process = { pid: 1, startTime: "1", bootId: "b" };
  const running = observeState({ status: "running", process, startedAt: exit.startedAt, restarts: 2 });
  assert.equal(explainEnd({ state: running }), undefined);
});

const event = (seconds: number, action: string, attributes: Readonly<Record<string, string>> = {}): EngineEvent => ({
  type: "container",
  id: "a".repeat(64),
  action,
  time: `2026-03-01T12:00:${String(seconds).padStart(2, "0")}.000000000Z`,
  attributes: new Map(Object.entries(attributes)),
});

test("explainHistory() tells restarts and slow stops", () => {
  const never = { policy: "no", retries: 0 } as const;
  const always = { policy: "on-failure", retries: 3 } as const;
  const exited = observeState({ status: "exited", exit: { ...exit, exitCode: 1, restarts: 3 } });
  assert.deepEqual(explainHistory({ state: exited, restart: always, events: [] }), [
    'it was started again 3 times by its restart policy "on-failure:3"',
    "that was as often as the policy allows",
  ]);
  const once = observeState({ status: "exited", exit: { ...exit, signal: 9 } });
  const stop = (list: readonly EngineEvent[]) => explainHistory({ state: once, restart: never, events: list });
  const start = event(0, "start");
  const forced = [start, event(1, "kill", { signal: "15" }), event(11, "kill", { signal: "9" }), event(11, "die")];
  assert.match(stop(forced)[0] ?? "", /^SIGTERM was sent first, and 10\.0 s later, when it had not ended, SIGKILL/);
  const slow = [start, event(1, "kill", { signal: "15" }), event(6, "die")];
  assert.deepEqual(stop(slow), ["it ended 5.0 s after SIGTERM was sent"]);
  assert.deepEqual(stop([start, event(1, "kill", { signal: "15" }), event(1, "die")]), []);
  assert.deepEqual(stop([...forced, start, event(20, "die")]), []);
});

test("explainEnd() and explainHistory() say the same in Korean", () => {
  const memory = { "memory.events": events(1), "memory.peak": "67108864\n", "memory.max": "67108864\n" };
  const state = observeState({ status: "exited", exit: { ...exit, signal: 9, statistics: memory, restarts: 2 } });
  assert.equal(
    explainEndWith({ state }, korean.end),
    "커널이 강제로 종료했습니다: 메모리 한도 64 MiB에 도달, 최대 사용량 64 MiB, 강제 종료 1번",
  );
  assert.deepEqual(
    explainHistoryWith({ state, restart: { policy: "on-failure", retries: 2 }, events: [] }, korean.history),
    ['재시작 정책 "on-failure:2"에 따라 2번 다시 시작되었습니다', "정책이 허용하는 재시작 횟수를 다 썼습니다"],
  );
});
