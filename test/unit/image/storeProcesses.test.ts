import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { parseImageRef } from "../../../src/image/reference.ts";
import { openImageStore } from "../../../src/image/store.ts";
import { mediaTypes } from "../../../src/oci/index.ts";
import { amd64, putImage, sha256, temporaryStore } from "./storeFixture.ts";

/*
 * This file starts itself as a child process: a second process is the only real test of locks between processes.
 */
const [role, directory = "", argument = ""] = (process.env.BRIG_STORE_CHILD ?? "").split(" ");
const pattern = Buffer.alloc(1 << 20, "brig");
const blob = { mediaType: mediaTypes.ociLayer, digest: sha256(pattern), size: pattern.length };

const children: Readonly<Record<string, () => Promise<void>>> = {
  tags: setTags,
  halfBlob: writeHalfABlobAndWait,
  wholeBlob: bringTheBlobIn,
};

const child = children[role ?? ""];
if (child === undefined) defineTests();
else await child();

async function setTags(): Promise<void> {
  const store = openImageStore(directory);
  const image = store.list()[0];
  assert.ok(image !== undefined);
  const manifest = { mediaType: mediaTypes.ociManifest, digest: image.manifestDigest, size: 1 };
  for (let tag = 0; tag < 10; tag += 1) {
    await store.setTag(parseImageRef(`from-${argument}:${tag}`), { manifest, platform: amd64 });
  }
}

async function writeHalfABlobAndWait(): Promise<void> {
  const partial = await openImageStore(directory).openPartial(blob);
  await partial.append(pattern.subarray(0, pattern.length / 2));
  // The writer takes a chunk before it has written it.
  while (statSync(partialPath(directory)).size < pattern.length / 2) await delay(1);
  // A chunk that is on its way when the process dies.
  void partial.append(pattern.subarray(pattern.length / 2, pattern.length - 1));
  process.stdout.write("half");
  setInterval(() => undefined, 1000);
}

function partialPath(store: string): string {
  return join(store, "partial", blob.digest.replace(":", "-"));
}

async function bringTheBlobIn(): Promise<void> {
  const partial = await openImageStore(directory).openPartial(blob);
  if (!partial.complete) {
    for (let at = partial.offset; at < pattern.length; at += 65536)
      await partial.append(pattern.subarray(at, at + 65536));
    await partial.finish();
  }
  await partial.release();
  process.stdout.write(partial.complete ? "found" : "wrote");
}

function start(...words: readonly string[]): ChildProcess {
  const self = process.argv[1] ?? "";
  return spawn(process.execPath, [self], {
    env: { BRIG_STORE_CHILD: words.join(" ") },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function outputOf(process: ChildProcess): Promise<string> {
  let output = "";
  process.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  const [status] = await once(process, "close");
  assert.equal(status, 0);
  return output;
}

function defineTests(): void {
  test("eight processes that set tags at the same time lose none", async (t) => {
    const store = temporaryStore(t);
    const { manifest } = await putImage(store);
    await store.setTag(parseImageRef("app"), { manifest, platform: amd64 });
    await Promise.all(
      Array.from({ length: 8 }, (_, number) => outputOf(start("tags", store.directory, String(number)))),
    );
    const [image, ...others] = store.list();
    assert.equal(others.length, 0);
    assert.equal(image?.tags.length, 81);
  });

  test("a download that was killed with SIGKILL is carried on by the next one", async (t) => {
    const store = temporaryStore(t);
    const killed = start("halfBlob", store.directory);
    t.after(() => killed.kill("SIGKILL"));
    assert.ok(killed.stdout !== null);
    await once(killed.stdout, "data");
    const next = store.openPartial(blob);
    killed.kill("SIGKILL");
    const partial = await next;
    assert.equal(partial.complete, false);
    assert.ok(partial.offset >= pattern.length / 2 && partial.offset < pattern.length);
    assert.equal(statSync(partialPath(store.directory)).size, partial.offset);
    let checked = 0;
    for await (const chunk of partial.readExisting()) {
      assert.ok(pattern.subarray(checked, checked + chunk.length).equals(chunk));
      checked += chunk.length;
    }
    await partial.append(pattern.subarray(checked));
    await partial.finish();
    await partial.release();
    assert.equal(await store.hasBlob(blob.digest), true);
  });

  test("of four processes that want one blob, one writes it and the others find it", async (t) => {
    const store = temporaryStore(t);
    const outputs = await Promise.all(Array.from({ length: 4 }, () => outputOf(start("wholeBlob", store.directory))));
    assert.deepEqual(outputs.sort(), ["found", "found", "found", "wrote"]);
  });
}
