import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { sanitize, TransientFailure } from "../../../../src/image/registry/failures.ts";
import { parseRetryAfter, retryDelay, withRetries } from "../../../../src/image/registry/retry.ts";

const policy = { attempts: 4, firstDelayMs: 100, longestDelayMs: 1000 };

test("retryDelay() grows, keeps to Retry-After and to its bound", () => {
  for (let turn = 0; turn < 50; turn += 1) {
    const delay = retryDelay({ failures: 2, policy, asked: undefined });
    assert.ok(delay >= 100 && delay <= 200);
  }
  assert.equal(retryDelay({ failures: 1, policy, asked: 700 }), 700);
  assert.equal(retryDelay({ failures: 1, policy, asked: 1e9 }), 1000);
  assert.equal(retryDelay({ failures: 30, policy, asked: undefined }), 1000);
});

test("parseRetryAfter() reads seconds and dates", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  assert.equal(parseRetryAfter("3", now), 3000);
  assert.equal(parseRetryAfter("Thu, 01 Jan 2026 00:00:05 GMT", now), 5000);
  assert.equal(parseRetryAfter("Thu, 01 Jan 2025 00:00:05 GMT", now), 0);
  for (const text of [null, "", "-1", "soon", "1e9", "9".repeat(100)])
    assert.ok(Number.isFinite(parseRetryAfter(text, now) ?? 0), String(text));
});

test("withRetries() repeats transient failures only, and surfaces what is inside the last one", async () => {
  const failure = new EngineError("registryProtocol", "broken");
  const retries = { attempts: 3, firstDelayMs: 1, longestDelayMs: 1 };
  let attempts = 0;
  const fail = (error: Error) => async (): Promise<never> => {
    attempts += 1;
    throw error;
  };
  await assert.rejects(withRetries({ retries }, fail(new TransientFailure(failure))), (error) => error === failure);
  assert.equal(attempts, 3);
  await assert.rejects(withRetries({ retries }, fail(failure)), (error) => error === failure);
  assert.equal(attempts, 4);
});

test("sanitize() leaves one harmless line", () => {
  assert.equal(sanitize("a\u001b[31mb\r\nc\u202ed\u009be"), "a [31mb c d e");
  assert.ok(sanitize("x".repeat(1 << 20)).length < 400);
});
