import assert from "node:assert/strict";
import test from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { formatImageRef, parseImageRef } from "../../../../src/image/index.ts";
import { formatRateLimit, parseRateLimit } from "../../../../src/image/registry/rateLimit.ts";
import { imageSources, withSources } from "../../../../src/image/registry/sources.ts";

const mirrors = new Map([["docker.io", ["mirror.example.com", "cache.example.com:5000/hub"]]]);

test("imageSources() asks the mirrors in their order and the registry last", () => {
  const names = imageSources(parseImageRef("alpine:3"), { mirrors }).map(
    ({ reference, isMirror }) => `${formatImageRef(reference)} ${isMirror}`,
  );
  assert.deepEqual(names, [
    "mirror.example.com/library/alpine:3 true",
    "cache.example.com:5000/hub/library/alpine:3 true",
    "docker.io/library/alpine:3 false",
  ]);
  assert.equal(imageSources(parseImageRef("quay.io/a/b"), { mirrors }).length, 1);
});

test("imageSources() refuses a blocked registry although it has mirrors", () => {
  assert.throws(
    () => imageSources(parseImageRef("alpine"), { mirrors, blockedRegistries: ["docker.io"] }),
    (error) => error instanceof EngineError && error.code === "registryBlocked",
  );
});

test("withSources() goes on after what a mirror is to blame for, and after nothing else", async () => {
  const sources = imageSources(parseImageRef("alpine"), { mirrors });
  const told: string[] = [];
  const asked: string[] = [];
  const attempt = (code: "registryNotFound" | "noSpace") =>
    withSources(
      sources,
      async ({ reference, isMirror }) => {
        asked.push(reference.registry);
        if (isMirror) throw new EngineError(code, "no");
        return "served";
      },
      (message) => told.push(message),
    );
  assert.equal(await attempt("registryNotFound"), "served");
  assert.deepEqual(asked, ["mirror.example.com", "cache.example.com:5000", "docker.io"]);
  assert.deepEqual(told, [
    'the mirror "mirror.example.com" cannot serve it: no',
    'the mirror "cache.example.com:5000" cannot serve it: no',
  ]);
  await assert.rejects(attempt("noSpace"), (error) => error instanceof EngineError && error.code === "noSpace");
  assert.equal(asked.length, 4);
});

const headers = (limit?: string, remaining?: string) =>
  new Headers({
    ...(limit === undefined ? {} : { "ratelimit-limit": limit }),
    ...(remaining === undefined ? {} : { "ratelimit-remaining": remaining }),
  });

test("parseRateLimit() reads what Docker Hub sends, and nothing else", () => {
  assert.deepEqual(parseRateLimit(headers("100;w=21600", "97;w=21600")), {
    limit: 100,
    remaining: 97,
    windowSec: 21600,
  });
  assert.deepEqual(parseRateLimit(headers("100", "97")), { limit: 100, remaining: 97 });
  for (const [limit, remaining] of [
    ["100"],
    ["", "1"],
    ["-1", "1"],
    ["1e9", "1"],
    ["100;w=21600\u001b", "9999999999"],
  ]) {
    assert.equal(parseRateLimit(headers(limit?.replace("\u001b", "x"), remaining)), undefined);
  }
});

test("formatRateLimit() writes the window in the largest whole unit", () => {
  assert.equal(formatRateLimit({ limit: 100, remaining: 97, windowSec: 21600 }), "97 of 100 requests left in 6 hours");
  assert.equal(formatRateLimit({ limit: 1, remaining: 0, windowSec: 60 }), "0 of 1 requests left in 1 minute");
  assert.equal(formatRateLimit({ limit: 1, remaining: 0, windowSec: 61 }), "0 of 1 requests left in 61 seconds");
  assert.equal(formatRateLimit({ limit: 1, remaining: 0 }), "0 of 1 requests left");
});
