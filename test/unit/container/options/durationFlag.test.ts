import assert from "node:assert/strict";
import test from "node:test";
import { formatDuration, parseDuration } from "../../../../src/container/options/durationFlag.ts";

test("parseDuration() takes what Go's time.ParseDuration takes", () => {
  const cases: readonly (readonly [string, number])[] = [
    ["0", 0],
    ["-0", 0],
    ["0s", 0],
    ["30s", 30e9],
    ["1m30s", 90e9],
    ["1.5h", 5400e9],
    [".5s", 5e8],
    ["1h2m3s4ms5us6ns", 3_723_004_005_006],
    ["100µs", 1e5],
    ["-2s", -2e9],
    ["+1s", 1e9],
  ];
  for (const [text, ns] of cases) assert.equal(parseDuration(text), ns, text);
});

test("parseDuration() refuses everything else with Go's sentences", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", 'time: invalid duration ""'],
    ["x", 'time: invalid duration "x"'],
    ["5", 'time: missing unit in duration "5"'],
    ["5d", 'time: unknown unit "d" in duration "5d"'],
    ["1s 2s", 'time: unknown unit "s " in duration "1s 2s"'],
    ["1e3s", 'time: unknown unit "e" in duration "1e3s"'],
    ["--1s", 'time: invalid duration "--1s"'],
    ["99999999999999h", 'time: invalid duration "99999999999999h"'],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseDuration(text), { code: "invalidValue", message }, text);
  }
  assert.throws(() => parseDuration("1s".repeat(50)), { code: "invalidValue" });
});

test("formatDuration() prints what Go prints", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0s"],
    [15, "15ns"],
    [1500, "1.5µs"],
    [5e8, "500ms"],
    [1e9, "1s"],
    [1.5e9, "1.5s"],
    [30e9, "30s"],
    [90e9, "1m30s"],
    [3600e9, "1h0m0s"],
    [3_723_004_005_006, "1h2m3.004005006s"],
  ];
  for (const [ns, text] of cases) assert.equal(formatDuration(ns), text);
});
