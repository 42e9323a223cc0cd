import type { IncomingHttpHeaders } from "node:http";
import { type Digest, isDigest } from "../../oci/index.ts";
import { repositoryOf } from "../storeNames.ts";
import { type Answer, done, failure, Refusal } from "./answer.ts";
import type { Pushes } from "./pushes.ts";
import { pushTarget } from "./repositories.ts";
import type { UploadRoute, UploadStart } from "./route.ts";
import type { Upload } from "./upload.ts";

/** What a request brings along. */
export interface Sent {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Whether a repository, by the name that a client uses, has a blob. */
export type HasBlob = (name: string, digest: Digest) => Promise<boolean>;

/**
 * Begins an upload (distribution-spec, "Pushing blobs"): an empty one; with `digest` and a body a whole one; with
 * `mount` none at all, when the repository `from` has the blob.
 */
export async function startUpload(
  pushes: Pushes,
  route: UploadStart,
  { sent, hasBlob }: { readonly sent: Sent; readonly hasBlob: HasBlob },
): Promise<Answer> {
  const repository = targetRepository(route.name);
  await pushes.pause.extend();
  const { mount, from, digest } = route;
  if (mount !== undefined && from !== undefined && isDigest(mount) && (await hasBlob(from, mount))) {
    pushes.link(repository, mount);
    return created(route.name, mount);
  }
  const upload = await pushes.begin(repository);
  if (digest === undefined) {
    return done(202, { Location: uploadUrl(route.name, upload), ...progress(upload) });
  }
  return finish(pushes, upload, { name: route.name, digest, sent });
}

/** Goes on with an upload, tells how far it is, or ends it. */
export async function continueUpload(pushes: Pushes, route: UploadRoute, sent: Sent): Promise<Answer> {
  const upload = pushes.find(targetRepository(route.name), route.id);
  if (upload === undefined) return failure("BLOB_UPLOAD_UNKNOWN", "there is no such upload, or it was abandoned");
  await pushes.pause.extend();
  const where = { Location: uploadUrl(route.name, upload), ...progress(upload) };
  switch (route.kind) {
    case "uploadStatus":
      return done(204, where);
    case "cancelUpload":
      await upload.exclusively(() => pushes.end(upload));
      return done(204, {});
    case "appendUpload":
      await upload.exclusively(() => append(pushes, upload, { name: route.name, sent }));
      return done(202, { Location: uploadUrl(route.name, upload), ...progress(upload) });
    case "finishUpload":
      return finish(pushes, upload, { name: route.name, digest: route.digest ?? "", sent });
    default:
      return route.kind satisfies never;
  }
}

interface LastPart {
  readonly name: string;
  readonly digest: string;
  readonly sent: Sent;
}

async function finish(pushes: Pushes, upload: Upload, { name, digest, sent }: LastPart): Promise<Answer> {
  return upload.exclusively(async () => {
    if (!isDigest(digest)) throw new Refusal("DIGEST_INVALID", "the upload ends with a digest of a known algorithm");
    await append(pushes, upload, { name, sent });
    try {
      await upload.finish(digest, pushes.store.blobPath(digest));
    } finally {
      await pushes.end(upload);
    }
    pushes.link(upload.repository, digest);
    return created(name, digest);
  });
}

/** A client that goes away leaves what it sent; anything else that fails ends the upload. */
async function append(
  pushes: Pushes,
  upload: Upload,
  { name, sent: { headers, body } }: Pick<LastPart, "name" | "sent">,
): Promise<void> {
  checkRange(upload, name, headers);
  try {
    await upload.append(watched(body));
  } catch (error) {
    if (error instanceof BrokenBody) throw error.cause;
    await pushes.end(upload);
    throw error;
  }
}

class BrokenBody extends Error {}

async function* watched(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new BrokenBody("the body of a request ended early", { cause });
  }
}

/** A chunk that says where it belongs must belong to the end of what is here (distribution-spec, "Pushing a blob in chunks"). */
function checkRange(upload: Upload, name: string, headers: IncomingHttpHeaders): void {
  const text = headers["content-range"];
  if (text === undefined) return;
  const match = /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d{1,15}|\*))?$/.exec(text.slice(0, 80));
  const [start, end] = [Number(match?.[1] ?? Number.NaN), Number(match?.[2] ?? Number.NaN)];
  const length = headers["content-length"] === undefined ? end - start + 1 : Number(headers["content-length"]);
  // Of an empty chunk no range can be written; clients write that it ends where it begins, or before.
  const fits = start === upload.size && (length === end - start + 1 || length === 0);
  if (fits) return;
  throw new Refusal("RANGE_INVALID", `the upload has ${upload.size} bytes`, {
    Location: uploadUrl(name, upload),
    ...progress(upload),
  });
}

function created(name: string, digest: Digest): Answer {
  return done(201, { Location: `/v2/${name}/blobs/${digest}`, "Docker-Content-Digest": digest });
}

function uploadUrl(name: string, { id }: Upload): string {
  return `/v2/${name}/blobs/uploads/${id}`;
}

/** The last byte is inclusive, so that of nothing cannot be said; `0-0` is what every registry says. */
function progress({ id, size }: Upload): Answer["headers"] {
  return { Range: `0-${Math.max(size - 1, 0)}`, "Docker-Upload-UUID": id };
}

/** @throws Refusal `NAME_INVALID`. */
function targetRepository(name: string): string {
  const target = pushTarget(name);
  if (target !== undefined) return repositoryOf(target);
  throw new Refusal("NAME_INVALID", "a repository has lower-case parts with slashes between them");
}
