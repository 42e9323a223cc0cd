import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAge, formatSpan, formatTime } from "../../../../src/cli/render/age.ts";

const hour = 3600;
const day = 24 * hour;
const spans: readonly (readonly [number, string])[] = [
  [0.5, "Less than a second"],
  [1, "1 second"],
  [59, "59 seconds"],
  [60, "About a minute"],
  [119, "About a minute"],
  [120, "2 minutes"],
  [3599, "59 minutes"],
  [hour, "About an hour"],
  [1.5 * hour, "2 hours"],
  [47 * hour, "47 hours"],
  [2 * day, "2 days"],
  [13 * day, "13 days"],
  [14 * day, "2 weeks"],
  [59 * day, "8 weeks"],
  [60 * day, "2 months"],
  [729 * day, "24 months"],
  [730 * day, "2 years"],
];

test("formatSpan() speaks of time as Docker does", () => {
  for (const [seconds, words] of spans) assert.equal(formatSpan(seconds), words);
});

test("formatAge() and formatTime() know times that nobody wrote down and times to come", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  assert.equal(formatAge(undefined, now), "N/A");
  assert.equal(formatAge(now.getTime() + 5000, now), "Less than a second ago");
  assert.equal(formatTime(undefined), "N/A");
  assert.equal(formatTime(now.getTime()), "2026-03-01 12:00:00 +0000 UTC");
});
