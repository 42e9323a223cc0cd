import assert from "node:assert/strict";
import { existsSync, truncateSync } from "node:fs";
import { test } from "node:test";
import { EngineError, type ErrorCode } from "../../../src/base/index.ts";
import type { ImageUser } from "../../../src/image/planRemoval.ts";
import { familiarName, parseImageRef } from "../../../src/image/reference.ts";
import { type ImageRemoval, removeImage } from "../../../src/image/remove.ts";
import type { ImageStore } from "../../../src/image/store.ts";
import type { DiffId } from "../../../src/oci/index.ts";
import { amd64, labelled, putImage, putNamed, sha256, temporaryStore } from "./storeFixture.ts";

const nothing: ImageRemoval = { force: false, usedBy: () => [], sweepLayers: async () => [] };
const user = (running: boolean): ImageUser => ({ id: "c".repeat(64), name: "web", running });

interface Case {
  readonly title: string;
  /** The names of the one image; `@` stands for a pull by digest. */
  readonly names: readonly string[];
  /** What is removed; ID and DIGEST stand for the image's. */
  readonly remove: string;
  readonly force?: boolean;
  readonly users?: readonly ImageUser[];
  readonly untagged?: readonly string[];
  readonly deleted?: boolean;
  /** Tags and digests that the image has afterwards. */
  readonly left?: readonly string[];
  readonly refused?: RegExp;
}

const cases: readonly Case[] = [
  {
    title: "the only tag takes the digest and the image along",
    names: ["app:1"],
    remove: "app:1",
    untagged: ["app:1", "app@DIGEST"],
    deleted: true,
  },
  {
    title: "the default tag is latest",
    names: ["app"],
    remove: "app",
    untagged: ["app:latest", "app@DIGEST"],
    deleted: true,
  },
  {
    title: "one tag of two goes alone",
    names: ["app:1", "app:2"],
    remove: "app:1",
    untagged: ["app:1"],
    left: ["app:2", "app@DIGEST"],
  },
  {
    title: "the last tag of one of two repositories takes its digest along",
    names: ["app:1", "quay.io/a/b:2"],
    remove: "app:1",
    untagged: ["app:1", "app@DIGEST"],
    left: ["quay.io/a/b:2", "quay.io/a/b@DIGEST"],
  },
  {
    title: "a digest goes and the tag stays",
    names: ["app:1"],
    remove: "app@DIGEST",
    untagged: ["app@DIGEST"],
    left: ["app:1"],
  },
  {
    title: "an image pulled by digest goes by digest",
    names: ["app@"],
    remove: "app@DIGEST",
    untagged: ["app@DIGEST"],
    deleted: true,
  },
  {
    title: "by id with one repository",
    names: ["app:1"],
    remove: "ID",
    untagged: ["app:1", "app@DIGEST"],
    deleted: true,
  },
  {
    title: "by id with two tags needs force",
    names: ["app:1", "app:2"],
    remove: "ID",
    refused: /^conflict: unable to delete SHORT \(must be forced\) - image is referenced in multiple repositories$/,
  },
  {
    title: "by id with two repositories needs force",
    names: ["app:1", "quay.io/a/b:2"],
    remove: "ID",
    refused: /\(must be forced\) - image is referenced in multiple repositories$/,
  },
  {
    title: "by id with force takes every name",
    names: ["app:1", "quay.io/a/b:2"],
    remove: "ID",
    force: true,
    untagged: ["app:1", "quay.io/a/b:2", "app@DIGEST", "quay.io/a/b@DIGEST"],
    deleted: true,
  },
  {
    title: "by name while a stopped container uses it",
    names: ["app:1"],
    remove: "app:1",
    users: [user(false)],
    refused:
      /^conflict: unable to remove repository reference "app:1" \(must force\) - container cccccccccccc is using its referenced image SHORT$/,
  },
  {
    title: "by name while a running container uses it",
    names: ["app:1"],
    remove: "app:1",
    users: [user(true)],
    refused:
      /^conflict: unable to remove repository reference "app:1" \(must force\) - container cccccccccccc is using/,
  },
  {
    title: "one name of two while in use",
    names: ["app:1", "app:2"],
    remove: "app:1",
    users: [user(true)],
    untagged: ["app:1"],
    left: ["app:2", "app@DIGEST"],
  },
  {
    title: "by name with force while a stopped container uses it",
    names: ["app:1"],
    remove: "app:1",
    force: true,
    users: [user(false)],
    untagged: ["app:1", "app@DIGEST"],
    deleted: true,
  },
  {
    title: "by name with force while a running container uses it leaves it dangling",
    names: ["app:1"],
    remove: "app:1",
    force: true,
    users: [user(true)],
    untagged: ["app:1", "app@DIGEST"],
    left: [],
  },
  {
    title: "by id while a stopped container uses it",
    names: ["app:1"],
    remove: "ID",
    users: [user(false)],
    refused:
      /^conflict: unable to delete SHORT \(must be forced\) - image is being used by stopped container cccccccccccc$/,
  },
  {
    title: "by id with force while a stopped container uses it",
    names: ["app:1"],
    remove: "ID",
    force: true,
    users: [user(false)],
    untagged: ["app:1", "app@DIGEST"],
    deleted: true,
  },
  {
    title: "by id with force while a running container uses it",
    names: ["app:1"],
    remove: "ID",
    force: true,
    users: [user(true)],
    refused:
      /^conflict: unable to delete SHORT \(cannot be forced\) - image is being used by running container cccccccccccc$/,
  },
];

for (const {
  title,
  names,
  remove,
  force = false,
  users = [],
  untagged = [],
  deleted = false,
  left,
  refused,
} of cases) {
  test(`removeImage(): ${title}`, async (t) => {
    const store = temporaryStore(t);
    const { id, manifest } = await putImage(store);
    for (const name of names) {
      const full = name.endsWith("@") ? name + manifest.digest : name;
      await store.setTag(parseImageRef(full), { manifest, platform: amd64 });
    }
    const real = (text: string): string => text.replace("DIGEST", manifest.digest).replace("ID", id);
    const removal = removeImage(store, real(remove), { ...nothing, force, usedBy: () => users });
    if (refused !== undefined) {
      const message = new RegExp(refused.source.replace("SHORT", id.slice(7, 19)));
      await assert.rejects(
        removal,
        (error) => error instanceof EngineError && error.code === "imageInUse" && message.test(error.message),
      );
      assert.notEqual(store.resolve(id), undefined);
      return;
    }
    assert.deepEqual(await removal, { untagged: untagged.map(real), deleted: deleted ? [id] : [] });
    assert.deepEqual(namesLeft(store, id), deleted ? undefined : left?.map(real));
    assert.equal(existsSync(store.blobPath(manifest.digest)), !deleted);
  });
}

function namesLeft(store: ImageStore, id: string): readonly string[] | undefined {
  const image = store.resolve(id);
  return image && [...image.tags, ...image.digests].map(familiarName);
}

const withCode = (code: ErrorCode) => (error: unknown) => error instanceof EngineError && error.code === code;

test("removeImage() says which image is not there, in Docker's words", async (t) => {
  const store = temporaryStore(t);
  await assert.rejects(removeImage(store, "nope:1", nothing), {
    code: "imageNotFound",
    message: "No such image: nope:1",
  });
  await assert.rejects(removeImage(store, "NOPE", nothing), withCode("invalidReference"));
});

test("removeImage() keeps the blobs that another image shares and asks for its layers to be kept", async (t) => {
  const store = temporaryStore(t);
  const [shared, own] = [Buffer.from("shared"), Buffer.from("own")];
  await putNamed(store, "other", { layers: [shared], ...labelled("other") });
  const gone = await putNamed(store, "gone", { layers: [shared, own] });
  const kept: DiffId[] = [];
  const result = await removeImage(store, "gone", {
    ...nothing,
    sweepLayers: async (keep) => {
      kept.push(...keep);
      return [{ diffId: sha256(own) as DiffId, bytes: 3 }];
    },
  });
  assert.deepEqual(kept, [sha256(shared)]);
  assert.deepEqual(result.deleted, [gone.id, sha256(own)]);
  assert.equal(existsSync(store.blobPath(sha256(shared))), true);
  assert.equal(existsSync(store.blobPath(sha256(own))), false);
  assert.equal(existsSync(store.blobPath(gone.id)), false);
  assert.notEqual(store.resolve("other"), undefined);
});

test("removeImage() gets rid of an image whose documents are damaged", async (t) => {
  const store = temporaryStore(t);
  const { id, manifest } = await putNamed(store, "bad");
  truncateSync(store.blobPath(manifest.digest), 3);
  const { deleted } = await removeImage(store, "bad", nothing);
  assert.deepEqual(deleted, [id]);
  assert.equal(existsSync(store.blobPath(manifest.digest)), false);
});
