import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import type { ImageStore } from "../../../src/image/store.ts";
import { type Descriptor, mediaTypes } from "../../../src/oci/index.ts";
import { sha256, temporaryStore } from "./storeFixture.ts";

const bytes = Buffer.from("0123456789".repeat(100_000));
const descriptor: Descriptor = { mediaType: mediaTypes.ociLayer, digest: sha256(bytes), size: bytes.length };
const partialPath = (store: ImageStore): string =>
  join(store.directory, "partial", descriptor.digest.replace(":", "-"));

test("openPartial() goes on where the last attempt stopped, and finish() makes the blob visible", async (t) => {
  const store = temporaryStore(t);
  const first = await store.openPartial(descriptor);
  assert.deepEqual([first.complete, first.offset], [false, 0]);
  await first.append(bytes.subarray(0, 400_000));
  await first.release();
  assert.equal(await store.hasBlob(descriptor.digest), false);
  const second = await store.openPartial(descriptor);
  assert.equal(second.offset, 400_000);
  assert.deepEqual(await buffer(second.readExisting()), bytes.subarray(0, 400_000));
  await second.append(bytes.subarray(400_000));
  await second.finish();
  await second.release();
  await second.release();
  assert.deepEqual(readFileSync(store.blobPath(descriptor.digest)), bytes);
  assert.equal(existsSync(partialPath(store)), false);
});

test("openPartial() of a complete blob reads it and takes nothing more", async (t) => {
  const store = temporaryStore(t);
  const first = await store.openPartial(descriptor);
  await first.append(bytes);
  await first.finish();
  await first.release();
  const second = await store.openPartial(descriptor);
  assert.deepEqual([second.complete, second.offset], [true, bytes.length]);
  assert.deepEqual(await buffer(second.readExisting()), bytes);
  assert.throws(() => second.append(bytes));
  await second.release();
});

test("openPartial() waits for another download of the blob and then finds it complete", async (t) => {
  const store = temporaryStore(t);
  const first = await store.openPartial(descriptor);
  const waiting = store.openPartial(descriptor);
  await first.append(bytes);
  await first.finish();
  await first.release();
  assert.equal((await waiting).complete, true);
});

test("openPartial() carries on after another download that gave up or threw its bytes away", async (t) => {
  const store = temporaryStore(t);
  const first = await store.openPartial(descriptor);
  const waiting = store.openPartial(descriptor);
  await first.append(bytes.subarray(0, 10));
  await first.discard();
  await first.release();
  const second = await waiting;
  assert.deepEqual([second.complete, second.offset], [false, 0]);
  await second.append(bytes.subarray(0, 7));
  const third = store.openPartial(descriptor);
  await second.release();
  assert.equal((await third).offset, 7);
  await (await third).release();
});

test("openPartial() stops waiting when its signal fires", async (t) => {
  const store = temporaryStore(t);
  const first = await store.openPartial(descriptor);
  const controller = new AbortController();
  const waiting = store.openPartial(descriptor, controller.signal);
  controller.abort();
  await assert.rejects(waiting, { code: "interrupted" });
  await first.release();
});

test("openPartial() starts again when more is there than the blob has, and truncate() when asked", async (t) => {
  const store = temporaryStore(t);
  await (await store.openPartial(descriptor)).release();
  writeFileSync(partialPath(store), Buffer.alloc(bytes.length + 1));
  const partial = await store.openPartial(descriptor);
  assert.equal(partial.offset, 0);
  await partial.append(Buffer.from("wrong"));
  await partial.truncate();
  await partial.append(bytes);
  await partial.finish();
  await partial.release();
  assert.deepEqual(readFileSync(store.blobPath(descriptor.digest)), bytes);
});

test("finish() refuses a blob that is shorter or longer than its descriptor says", async (t) => {
  const store = temporaryStore(t);
  for (const content of [bytes.subarray(1), Buffer.concat([bytes, bytes.subarray(0, 1)])]) {
    const partial = await store.openPartial(descriptor);
    await partial.truncate();
    await partial.append(content);
    await assert.rejects(partial.finish(), { code: "sizeMismatch" });
    await partial.release();
  }
  assert.equal(await store.hasBlob(descriptor.digest), false);
});

test("append() writes many chunks in order and makes a fast producer wait", async (t) => {
  const store = temporaryStore(t);
  const partial = await store.openPartial(descriptor);
  const large = Buffer.alloc(5 << 20);
  assert.equal(partial.append(large), undefined);
  assert.ok(partial.append(large) instanceof Promise);
  await partial.truncate();
  for (let at = 0; at < bytes.length; at += 777) void partial.append(bytes.subarray(at, at + 777));
  await partial.finish();
  await partial.release();
  assert.deepEqual(readFileSync(store.blobPath(descriptor.digest)), bytes);
});

test("a blob is private to its owner", async (t) => {
  const store = temporaryStore(t);
  const partial = await store.openPartial(descriptor);
  await partial.append(bytes);
  await partial.finish();
  await partial.release();
  assert.equal(statSync(store.blobPath(descriptor.digest)).mode & 0o777, 0o600);
});
