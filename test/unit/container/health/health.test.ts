import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { newContainerId } from "../../../../src/base/index.ts";
import { fillDefaults } from "../../../../src/container/fillDefaults.ts";
import { type HealthOptions, parseHealthAction } from "../../../../src/container/health/healthOptions.ts";
import { mergeHealthcheck } from "../../../../src/container/health/mergeHealthcheck.ts";
import { planHealth } from "../../../../src/container/health/planHealth.ts";
import { healthOf } from "../../../../src/container/health/readHealth.ts";
import type { LiveState } from "../../../../src/container/state/liveState.ts";
import type { Healthcheck, ImageExecution } from "../../../../src/oci/index.ts";

const second = 1e9;

function merge(health: HealthOptions, image?: Healthcheck, Shell?: readonly string[]) {
  const execution: Pick<ImageExecution, "Healthcheck" | "Shell"> = {
    ...(image === undefined ? {} : { Healthcheck: image }),
    ...(Shell === undefined ? {} : { Shell }),
  };
  return mergeHealthcheck({ health, noHealthcheck: false }, execution);
}

test("mergeHealthcheck() takes each member from the user, else from the image, as Docker does", () => {
  const image = { Test: ["CMD", "a", "b"], Interval: second, Timeout: 2 * second, Retries: 4 };
  const user: HealthOptions = { intervalNs: 7 * second, startPeriodNs: second, retries: 0 };
  const { healthcheck, probe } = merge(user, image);
  assert.deepEqual(healthcheck, { ...image, Interval: 7 * second, StartPeriod: second });
  assert.deepEqual(probe, ["a", "b"]);
  assert.deepEqual(merge({ test: ["CMD-SHELL", "c"] }, image).healthcheck, { ...image, Test: ["CMD-SHELL", "c"] });
});

test("mergeHealthcheck() gives a text to the image's shell", () => {
  const text: HealthOptions = { test: ["CMD-SHELL", "x | y"] };
  assert.deepEqual(merge(text).probe, ["/bin/sh", "-c", "x | y"]);
  assert.deepEqual(merge(text, undefined, ["/bin/bash", "-ec"]).probe, ["/bin/bash", "-ec", "x | y"]);
});

test("mergeHealthcheck() probes nothing without a command, with NONE, and when it is turned off", () => {
  const image = { Test: ["CMD", "true"], Interval: second };
  assert.deepEqual(merge({}), { probe: [], notices: [] });
  assert.deepEqual(merge({ intervalNs: second }).healthcheck, { Test: [], Interval: second });
  assert.deepEqual(merge({}, { Test: ["NONE"] }).probe, []);
  assert.deepEqual(mergeHealthcheck({ health: {}, noHealthcheck: true }, { Healthcheck: image }), {
    healthcheck: { Test: ["NONE"] },
    probe: [],
    notices: [],
  });
});

test("mergeHealthcheck() leaves out what an image says wrongly, and tells so", () => {
  for (const Test of [["CMD"], ["CMD-SHELL"], ["sh", "-c"], ["CMD", "a\0b"]]) {
    const { probe, notices } = merge({}, { Test });
    assert.deepEqual([probe, notices.length], [[], 1], JSON.stringify(Test));
  }
});

test("mergeHealthcheck() does not let an image probe more than ten times a second", () => {
  const image = { Test: ["CMD", "true"], Interval: 1, StartInterval: 5, Timeout: 1 };
  const { healthcheck } = merge({}, image);
  assert.deepEqual([healthcheck?.Interval, healthcheck?.StartInterval, healthcheck?.Timeout], [1e8, 1e8, 1e6]);
  assert.equal(merge({ intervalNs: 1e6 }, image).healthcheck?.Interval, 1e6);
});

test("fillDefaults() refuses health options with Docker's sentences", () => {
  const refuse = (health: HealthOptions, message: string, noHealthcheck = false) =>
    assert.throws(() => fillDefaults({ image: "x", health, noHealthcheck }), { message });
  refuse({ intervalNs: -1 }, "--health-interval cannot be negative");
  refuse({ timeoutNs: -1 }, "--health-timeout cannot be negative");
  refuse({ startPeriodNs: -1 }, "--health-start-period cannot be negative");
  refuse({ startIntervalNs: -1 }, "--health-start-interval cannot be negative");
  refuse({ retries: -1 }, "--health-retries cannot be negative");
  refuse({ intervalNs: 999_999 }, "Interval in Healthcheck cannot be less than 1ms");
  refuse({ startIntervalNs: Number.NaN }, "StartInterval in Healthcheck cannot be less than 1ms");
  for (const health of [{ test: ["CMD-SHELL", "x"] }, { retries: 1 }, { timeoutNs: second }]) {
    refuse(health, "--no-healthcheck conflicts with --health-* options", true);
  }
  assert.deepEqual(fillDefaults({ image: "x", health: { test: [], retries: 0 }, noHealthcheck: true }).health.test, []);
  assert.throws(() => parseHealthAction("reboot"), { code: "invalidValue" });
});

const sources = {
  probe: ["redis-cli", "ping"],
  onFailure: "none",
  env: ["PATH=/bin:/usr/bin"],
  stopSignal: "SIGINT",
  stopTimeoutSec: 7,
} as const;

test("planHealth() fills Docker's defaults and finds the program as exec does", () => {
  assert.deepEqual(planHealth(sources), {
    args: ["redis-cli", "ping"],
    executables: ["/bin/redis-cli", "/usr/bin/redis-cli"],
    command: "redis-cli ping",
    intervalNs: 30 * second,
    timeoutNs: 30 * second,
    startPeriodNs: 0,
    startIntervalNs: 5 * second,
    retries: 3,
  });
  assert.equal(planHealth({ ...sources, probe: [] }), undefined);
});

test("planHealth() says what follows when the container is unhealthy", () => {
  const action = (onFailure: "kill" | "restart" | "stop", stopTimeoutSec = 7) =>
    planHealth({ ...sources, onFailure, stopTimeoutSec })?.onFailure;
  assert.deepEqual(action("kill"), { signal: 9 });
  assert.deepEqual(action("restart"), { signal: 2, graceNs: 7 * second, afterwards: "start" });
  assert.deepEqual(action("stop", -1), { signal: 2, afterwards: "stayDown" });
});

test("planHealth() gives events at most 200 bytes of the command", () => {
  assert.equal(planHealth({ ...sources, probe: ["x".repeat(9000)] })?.command.length, 200);
  assert.equal(planHealth({ ...sources, probe: ["\u0001".repeat(199)] })?.command, "unknown");
});

const process = { pid: 1, startTime: "1", bootId: "b" };
const running: LiveState = { status: "running", process, monitor: process, startedAt: "", restarts: 0 };
const exit = { started: true, exitCode: 0, startedAt: "", finishedAt: "", restarts: 0, failure: "", statistics: {} };

test("healthOf() tells what the monitor wrote, and that what nobody probes is unhealthy", () => {
  const runRoot = mkdtempSync(join(tmpdir(), "brig-health-"));
  try {
    const id = newContainerId();
    const record = { id, probed: true, healthcheck: { Test: ["CMD", "x"], Timeout: 1.5e9 } };
    const of = (live: LiveState) => healthOf(record, runRoot, live);
    assert.deepEqual(of(running), { status: "starting", failingStreak: 0, log: [] });
    const times = { start: "s", end: "e" };
    const log = [
      null,
      { ...times, exitCode: 0, late: false, failure: "", output: "PONG" },
      { ...times, exitCode: -1, late: true, failure: "", output: "" },
      { ...times, exitCode: -1, late: true, failure: "", output: "half" },
      { ...times, exitCode: -1, late: false, failure: "probe.exec\ninit\nexecve\n2\n", output: "" },
    ];
    mkdirSync(join(runRoot, "containers", id), { recursive: true });
    const file = join(runRoot, "containers", id, "health.json");
    writeFileSync(file, JSON.stringify({ status: "healthy", failingStreak: 2, log }));
    const { status, failingStreak, log: told } = of(running) ?? { log: [] };
    assert.deepEqual([status, failingStreak], ["healthy", 2]);
    assert.deepEqual(
      told.map(({ output }) => output),
      [
        "PONG",
        "Health check exceeded timeout (1.5s)",
        "Health check exceeded timeout (1.5s): half",
        "its command cannot be executed: no such file or directory (ENOENT)",
      ],
    );
    assert.equal(of({ ...running, status: "paused" })?.status, "healthy");
    const { monitor: _, ...alone } = running;
    for (const live of [alone, { status: "exited", exit }, { ...alone, status: "dead" }] as const) {
      assert.equal(of(live)?.status, "unhealthy", live.status);
    }
    assert.equal(of({ status: "created" }), undefined);
    assert.equal(of({ status: "exited", exit: { ...exit, started: false } }), undefined);
    assert.equal(healthOf({ id }, runRoot, running), undefined);
  } finally {
    rmSync(runRoot, { recursive: true });
  }
});
