import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../src/base/index.ts";
import {
  formatPlatform,
  hostPlatform,
  listPlatforms,
  normalizePlatform,
  parsePlatform,
  platformDistance,
  rankByPlatform,
} from "../../../src/image/platform.ts";
import { type Descriptor, mediaTypes, parseDigest } from "../../../src/oci/index.ts";

const entry = (digit: string, platform?: string, annotations?: Record<string, string>): Descriptor => {
  const [os = "", architecture = "", variant] = (platform ?? "").split("/");
  return {
    mediaType: mediaTypes.ociManifest,
    digest: parseDigest(`sha256:${digit.repeat(64)}`),
    size: 1,
    ...(platform === undefined
      ? {}
      : { platform: { os, architecture, ...(variant === undefined ? {} : { variant }) } }),
    ...(annotations === undefined ? {} : { annotations }),
  };
};

test("parsePlatform() takes Docker's spellings", () => {
  const spellings = {
    "linux/amd64": "linux/amd64",
    "linux/x86_64": "linux/amd64",
    "linux/aarch64": "linux/arm64",
    "linux/arm64/v8": "linux/arm64",
    "linux/arm": "linux/arm/v7",
    "linux/arm/v6": "linux/arm/v6",
    "linux/armhf": "linux/arm/v7",
    arm64: "linux/arm64",
    "Linux/AMD64": "linux/amd64",
    "linux/amd64/v3": "linux/amd64/v3",
  };
  for (const [text, expected] of Object.entries(spellings))
    assert.equal(formatPlatform(parsePlatform(text)), expected, text);
  assert.deepEqual(parsePlatform("linux"), hostPlatform());
  for (const text of [
    "",
    "/",
    "a/b/c/d",
    "linux/",
    "linux/a b",
    "linux/\0",
    "x".repeat(1 << 20),
    "/".repeat(1 << 20),
  ]) {
    assert.throws(() => parsePlatform(text), EngineError);
  }
});

test("platformDistance() prefers the exact variant and never a later one", () => {
  const distance = (wanted: string, offered: string) => platformDistance(parsePlatform(wanted), parsePlatform(offered));
  assert.equal(distance("linux/arm64", "linux/arm64/v8"), 0);
  assert.equal(distance("linux/arm/v7", "linux/arm/v6"), 1);
  assert.equal(distance("linux/arm/v6", "linux/arm/v7"), undefined);
  assert.equal(distance("linux/amd64", "linux/amd64/v3"), undefined);
  assert.equal(distance("linux/amd64/v3", "linux/amd64"), 2);
  assert.equal(distance("linux/amd64", "linux/arm64"), undefined);
  assert.equal(distance("linux/amd64", "windows/amd64"), undefined);
});

test("rankByPlatform() never chooses attestations and tries unnamed entries last", () => {
  const entries = [
    entry("0"),
    entry("1", "unknown/unknown"),
    entry("2", "linux/amd64", { "vnd.docker.reference.type": "attestation-manifest" }),
    entry("3", "linux/arm/v6"),
    entry("4", "linux/arm/v7"),
    entry("5", "linux/amd64"),
  ];
  const digits = (wanted: string) => rankByPlatform(entries, parsePlatform(wanted)).map(({ digest }) => digest.at(-1));
  assert.deepEqual(digits("linux/arm/v7"), ["4", "3", "0"]);
  assert.deepEqual(digits("linux/amd64"), ["5", "0"]);
  assert.deepEqual(digits("linux/s390x"), ["0"]);
  assert.deepEqual(listPlatforms(entries), ["linux/arm/v6", "linux/arm/v7", "linux/amd64"]);
});

test("normalizePlatform() is idempotent", () => {
  for (const text of ["linux/arm", "linux/arm64/v8", "linux/amd64/v2"]) {
    assert.deepEqual(normalizePlatform(parsePlatform(text)), parsePlatform(text));
  }
});
