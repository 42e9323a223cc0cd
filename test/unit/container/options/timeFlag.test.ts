import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { instantOf, instantToMs, parseInstant } from "../../../../src/container/options/timeFlag.ts";

const now = new Date("2026-03-01T12:00:00.250Z");
const parse = (text: string) => parseInstant(text, now, "since");

test("parseInstant() takes times as Docker does", () => {
  const cases: Readonly<Record<string, string>> = {
    "2026-03-01T12:00:00Z": "2026-03-01T12:00:00.000000000Z",
    "2026-03-01T12:00:00.123456789Z": "2026-03-01T12:00:00.123456789Z",
    "2026-03-01T12:00:00.5+01:30": "2026-03-01T10:30:00.500000000Z",
    "2026-03-01T12Z": "2026-03-01T12:00:00.000000000Z",
    "2026-03-01Z": "2026-03-01T00:00:00.000000000Z",
    "1136073600.000000001": "2006-01-01T00:00:00.000000001Z",
    "0": "1970-01-01T00:00:00.000000000Z",
    "10m": "2026-03-01T11:50:00.250000000Z",
    "1h30m": "2026-03-01T10:30:00.250000000Z",
    "1.5s": "2026-03-01T11:59:58.750000000Z",
    "-10s": "2026-03-01T12:00:10.250000000Z",
    "0s": "2026-03-01T12:00:00.250000000Z",
    "1000000h": "1970-01-01T00:00:00.000000000Z",
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(parse(text), expected, text);
});

test("parseInstant() takes a time without a zone as local", () => {
  const expected = new Date(2026, 2, 1, 12, 30).getTime();
  for (const text of ["2026-03-01T12:30:00", "2026-03-01T12:30"])
    assert.equal(instantToMs(parse(text)), expected, text);
});

test("parseInstant() refuses everything else with Docker's sentence", () => {
  for (const text of [
    "",
    "abc",
    "10 m",
    "2026-13-01",
    "2026-02-30x",
    "1e3",
    "99999999999999",
    "\u001b",
    "9".repeat(99),
  ]) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof EngineError && /^invalid value for "since": failed to parse/.test(error.message),
      text,
    );
  }
});

test("instants sort as what they mean", () => {
  assert.ok(instantOf(now) > parse("1s"));
  assert.ok(instantOf(now) < parse("-1ms"));
  assert.equal(instantToMs(instantOf(now)), now.getTime());
});
