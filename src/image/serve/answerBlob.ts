import { open, stat } from "node:fs/promises";
import { errnoOf } from "../../base/index.ts";
import { type Digest, isDigest } from "../../oci/index.ts";
import type { ImageStore } from "../store.ts";
import { readIndex } from "../storeIndex.ts";
import { storeLayout } from "../storeLayout.ts";
import { repositoryOf } from "../storeNames.ts";
import { type Answer, failure, identity, unknownName } from "./answer.ts";
import { parseByteRange } from "./byteRange.ts";
import type { BlobSize } from "./checkReferences.ts";
import { repositoryContents } from "./contents.ts";
import type { Sent } from "./pushBlob.ts";
import type { Pushes } from "./pushes.ts";
import { pushTarget, servedRepositories } from "./repositories.ts";

interface Stock {
  readonly store: ImageStore;
  readonly pushes?: Pushes;
}

/** Tells the sizes of the blobs that a client may get under the name of a repository: those of its own images only. */
export function blobSizes({ store, pushes }: Stock, name: string): BlobSize {
  const layout = storeLayout(store.directory);
  const { blobs } = repositoryContents(layout, servedRepositories(readIndex(layout)).find(name));
  const target = pushTarget(name);
  const isLoose = (digest: Digest): boolean =>
    target !== undefined && pushes?.hasLoose(repositoryOf(target), digest) === true;
  return async (digest) => (blobs.has(digest) || isLoose(digest) ? sizeIfExists(store.blobPath(digest)) : undefined);
}

async function sizeIfExists(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

interface WantedBlob {
  readonly name: string;
  readonly reference: string;
  readonly headers: Sent["headers"];
}

/** A blob, or the part of it that a Range header asks for. */
export async function answerBlob(stock: Stock, { name, reference, headers }: WantedBlob): Promise<Answer> {
  const { store } = stock;
  if (!isDigest(reference)) return failure("DIGEST_INVALID", "the digest is not one of a known algorithm");
  if ((await blobSizes(stock, name)(reference)) === undefined) return unknownBlob(store, { name, reference });
  const file = await openIfExists(store.blobPath(reference));
  if (file === undefined) return unknownBlob(store, { name, reference });
  const { size } = await file.stat();
  const fresh = headers["if-range"] === undefined || headers["if-range"] === `"${reference}"`;
  const range = parseByteRange(fresh ? headers.range : undefined, size);
  const common = { "Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", ...identity(reference) };
  if (range.kind === "unsatisfiable") {
    await file.close();
    return failure("RANGE_INVALID", `the blob has ${size} bytes`, { "Content-Range": `bytes */${size}` });
  }
  if (range.kind === "whole") {
    return { status: 200, headers: { ...common, "Content-Length": size }, body: { file, start: 0, length: size } };
  }
  const { start, end } = range;
  const length = end - start + 1;
  const part = { "Content-Length": length, "Content-Range": `bytes ${start}-${end}/${size}` };
  return { status: 206, headers: { ...common, ...part }, body: { file, start, length } };
}

function unknownBlob({ directory }: ImageStore, { name, reference }: Omit<WantedBlob, "headers">): Answer {
  const isKnown = servedRepositories(readIndex(storeLayout(directory))).find(name).length > 0;
  return isKnown ? failure("BLOB_UNKNOWN", `the repository has no blob "${reference}"`) : unknownName(name);
}

async function openIfExists(path: string) {
  try {
    return await open(path, "r");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
