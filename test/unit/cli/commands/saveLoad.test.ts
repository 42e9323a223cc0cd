import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadEvent } from "../../../../src/image/index.ts";
import { brig } from "../fakeContext.ts";

const id = `sha256:${"a".repeat(64)}` as Extract<LoadEvent, { kind: "loaded" }>["id"];
const events: readonly LoadEvent[] = [
  { kind: "layer", digest: id, phase: "extracting", current: 1, total: 2 },
  { kind: "renamed", reference: "app:1", previousId: id },
  { kind: "loaded", reference: "app:1\x1b[31m", id },
  { kind: "loaded", id },
];
const asked: unknown[] = [];
const engine = {
  async *loadImages(request: object) {
    asked.push({ ...request, signal: undefined });
    yield* events;
  },
  async *saveImages(request: object) {
    asked.push(request);
    yield Buffer.from("archive");
  },
};
const lines = [
  `The image app:1 already exists, renaming the old one with ID ${id} to empty string`,
  "Loaded image: app:1\\x1b[31m",
  `Loaded image ID: ${id}`,
  "",
].join("\n");

test("load prints Docker's lines, and layers only to a terminal that wants them", async () => {
  assert.deepEqual((await brig(["load", "-i", "x.tar"], { engine })).out, lines);
  assert.deepEqual((await brig(["load", "-q", "-i", "x.tar"], { engine, isTty: true })).out, lines);
  assert.match((await brig(["load", "-i", "x.tar"], { engine, isTty: true })).out, /aaaaaaaaaaaa: Extracting/);
});

test("load asks for the file and the platform that were named", async () => {
  asked.length = 0;
  await brig(["image", "load", "--input", "/x.tar", "--platform", "linux/arm64"], { engine });
  const platform = { os: "linux", architecture: "arm64" };
  assert.deepEqual(asked, [{ archive: "/x.tar", platform, signal: undefined }]);
  assert.match((await brig(["load", "--platform", "a/b/c/d"], { engine })).err, /invalid platform/);
});

test("save refuses a terminal before anything is read, and asks for every image in one go", async () => {
  asked.length = 0;
  const refused = await brig(["save", "one"], { engine, isTty: true });
  assert.equal(refused.err, "brig: cowardly refusing to save to a terminal. Use the -o flag or redirect\n");
  assert.equal(refused.status, 1);
  assert.equal((await brig(["save", "one", "two:2", "--platform", "amd64"], { engine })).out, "archive");
  const platform = { os: "linux", architecture: "amd64" };
  assert.deepEqual(asked, [{ references: ["one", "two:2"], platform }]);
});
