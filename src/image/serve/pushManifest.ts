import { EngineError } from "../../base/index.ts";
import {
  type Digest,
  documentKind,
  documentLimits,
  type ImageIndex,
  type ImageManifest,
  isDigest,
  mediaTypes,
} from "../../oci/index.ts";
import { digestAlgorithm, digestOf } from "../digest.ts";
import type { ImageRef } from "../reference.ts";
import { readIndex } from "../storeIndex.ts";
import { storeLayout } from "../storeLayout.ts";
import { type Answer, done, Refusal } from "./answer.ts";
import { type BlobSize, checkReferences } from "./checkReferences.ts";
import { parseDocument, repositoryContents } from "./contents.ts";
import { nameDocument } from "./nameDocument.ts";
import type { Sent } from "./pushBlob.ts";
import type { Pushes } from "./pushes.ts";
import { entriesOf, pushTarget } from "./repositories.ts";

export interface PushedManifest {
  readonly name: string;
  /** A tag, or the digest of what is sent. */
  readonly reference: string;
  readonly sent: Sent;
  readonly blobSize: BlobSize;
}

/**
 * Takes a manifest or index (distribution-spec, "Pushing manifests") once everything that it refers to is here, keeps
 * its bytes as they came, and names it. An image of this machine is unpacked first: what has a name can be run.
 *
 * @throws Refusal; EngineError of the store.
 */
export async function putManifest(pushes: Pushes, request: PushedManifest): Promise<Answer> {
  const { name, sent } = request;
  const target = targetOf(request);
  await pushes.pause.extend();
  const bytes = await readBody(sent.body);
  const mediaType = statedType(sent.headers["content-type"], bytes);
  const digest = checkedDigest(request.reference, bytes);
  const parsed = parseSent(bytes, mediaType);
  const descriptor = { mediaType, digest, size: bytes.length };
  const layout = storeLayout(pushes.store.directory);
  const contents = repositoryContents(layout, entriesOf(readIndex(layout), target));
  await checkReferences(parsed, contents, request.blobSize);
  await pushes.store.putDocument(bytes, mediaType);
  await nameDocument(pushes, { target, descriptor, parsed });
  return done(201, {
    Location: `/v2/${name}/manifests/${digest}`,
    "Docker-Content-Digest": digest,
    ...(parsed.subject === undefined ? {} : { "OCI-Subject": parsed.subject.digest }),
  });
}

/** @throws Refusal `NAME_INVALID`, `TAG_INVALID`. */
function targetOf({ name, reference }: PushedManifest): ImageRef {
  const plain = pushTarget(name);
  if (plain === undefined) {
    throw new Refusal("NAME_INVALID", "a repository has lower-case parts with slashes between them");
  }
  const { registry, repository } = plain;
  if (isDigest(reference)) return { registry, repository, digest: reference };
  if (reference.includes(":")) throw new Refusal("DIGEST_INVALID", "the digest is not one of a known algorithm");
  const tagged = pushTarget(name, reference);
  if (tagged !== undefined) return tagged;
  throw new Refusal("TAG_INVALID", "a tag has at most 128 letters, digits, dots, dashes and underscores");
}

async function readBody(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > documentLimits.manifestBytes) {
      throw new Refusal("SIZE_INVALID", `a manifest has at most ${documentLimits.manifestBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** What the request says that it sends; where it says nothing, what the document says. */
function statedType(header: string | undefined, bytes: Uint8Array): string {
  const stated = (header ?? "").slice(0, 300).split(";")[0]?.trim() ?? "";
  const mediaType =
    stated === "" || stated === "application/json" ? (memberOf(bytes) ?? mediaTypes.ociManifest) : stated;
  if (documentKind(mediaType) !== undefined) return mediaType;
  throw new Refusal("MANIFEST_INVALID", "the media type is not that of an image manifest or index");
}

function memberOf(bytes: Uint8Array): string | undefined {
  try {
    const document: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    const own: unknown =
      typeof document === "object" && document !== null ? Reflect.get(document, "mediaType") : undefined;
    return typeof own === "string" ? own : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Refusal `DIGEST_INVALID`. */
function checkedDigest(reference: string, bytes: Uint8Array): Digest {
  const actual = digestOf(bytes);
  if (!isDigest(reference) || reference === actual) return actual;
  const reason =
    digestAlgorithm(reference) === "sha256" ? `what was sent is "${actual}"` : "manifests are named by sha256 here";
  throw new Refusal("DIGEST_INVALID", reason);
}

function parseSent(bytes: Uint8Array, mediaType: string): ImageManifest | ImageIndex {
  try {
    return parseDocument(bytes, mediaType);
  } catch (error) {
    if (error instanceof EngineError) throw new Refusal("MANIFEST_INVALID", error.message);
    throw error;
  }
}
