import { EngineError } from "../../base/index.ts";
import { type Descriptor, type Digest, documentKind, parseManifest, readJsonObject } from "../../oci/index.ts";
import { digestAlgorithm, digestHex, matchesDigest } from "../digest.ts";
import { type ImageRef, parseImageRef } from "../reference.ts";
import { readRemoteBlob } from "../registry/blob.ts";
import type { RepositoryClient } from "../registry/client.ts";
import { isSignedBy, type PublicKey } from "./publicKey.ts";

export interface SignatureQuestion {
  /** The image as the user named it; a mirror knows it by another name. */
  readonly reference: ImageRef;
  /** What the reference means: the digest that must have been signed. */
  readonly digest: Digest;
  /** One of these must have signed. */
  readonly keys: readonly PublicKey[];
  readonly client: RepositoryClient;
}

const payloadType = "application/vnd.dev.cosign.simplesigning.v1+json";
const signatureAnnotation = "dev.cosignproject.cosign/signature";
const payloadKind = "cosign container image signature";

const mostSignatures = 50;
const mostPayloadBytes = 64 * 1024;
const mostSignatureBytes = 8 * 1024;

/**
 * Verifies that an image was signed with one of the keys (cosign, specs/SIGNATURE_SPEC.md): beside it, under the tag
 * `sha256-DIGEST.sig`, is a manifest whose layers are signed statements in the simple-signing format. One statement
 * must be signed by a key, name this digest, and name this repository. Everything read is bounded; nothing is stored.
 *
 * @throws EngineError `imageUntrusted` that says what was wrong with what was found, and what requests throw.
 */
export async function verifySignature(question: SignatureQuestion): Promise<void> {
  const layers = await signatureLayers(question);
  const doubts = new Set<string>();
  for (const layer of layers) {
    const doubt = await judge(layer, question);
    if (doubt === undefined) return;
    doubts.add(doubt);
  }
  const reason = doubts.size === 0 ? "it has no signature" : [...doubts].slice(0, 3).join("; ");
  throw untrusted(question, reason);
}

async function signatureLayers(question: SignatureQuestion): Promise<readonly Descriptor[]> {
  const { client, digest } = question;
  const tag = `${digestAlgorithm(digest)}-${digestHex(digest)}.sig`;
  const document = await client.manifest(tag).catch((error: unknown) => {
    if (error instanceof EngineError && error.code === "registryNotFound")
      throw untrusted(question, "it is not signed");
    throw error;
  });
  if (documentKind(document.mediaType) !== "manifest") throw untrusted(question, `"${tag}" is no list of signatures`);
  const layers = parseManifest(document.bytes, document.mediaType).layers;
  const signatures = layers.filter(({ mediaType }) => mediaType === payloadType);
  if (signatures.length <= mostSignatures) return signatures;
  throw new EngineError(
    "limitExceeded",
    `"${client.name}" has ${signatures.length} signatures; at most ${mostSignatures} are looked at`,
  );
}

/** Undefined when this statement is enough, else what is wrong with it. */
async function judge(layer: Descriptor, question: SignatureQuestion): Promise<string | undefined> {
  const signature = decodeSignature(layer.annotations?.[signatureAnnotation]);
  if (signature === undefined) return "a signature is missing from its statement";
  if (layer.size > mostPayloadBytes) return `a signed statement is larger than ${mostPayloadBytes} bytes`;
  const payload = await readPayload(layer, question.client);
  if (payload === undefined) return "a signed statement is not what its digest says";
  // Nothing of the statement is read before it is known who made it.
  if (!question.keys.some((key) => isSignedBy(key, payload, signature))) return "it is signed with another key";
  return judgeStatement(payload, question);
}

/** `Record` members of strangers are reached by own name only, and the base64 must be exact. */
function decodeSignature(text: string | undefined): Buffer | undefined {
  if (typeof text !== "string" || text.length === 0 || text.length > mostSignatureBytes) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

async function readPayload(layer: Descriptor, client: RepositoryClient): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readRemoteBlob(client, layer, 0)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return matchesDigest(bytes, layer.digest) ? bytes : undefined;
}

function judgeStatement(payload: Uint8Array, { reference, digest }: SignatureQuestion): string | undefined {
  try {
    const statement = readJsonObject(payload, { what: "signed statement", maxBytes: mostPayloadBytes });
    const critical = statement.object("critical");
    if (critical?.string("type") !== payloadKind) return "the signed statement is not about an image";
    const signed = critical.object("image")?.string("docker-manifest-digest");
    if (signed !== digest) return "the signature is of another image";
    const identity = critical.object("identity")?.string("docker-reference") ?? "";
    if (!isSameRepository(identity, reference)) return "the signature is for another repository";
    return undefined;
  } catch (error) {
    if (error instanceof EngineError) return "the signed statement cannot be read";
    throw error;
  }
}

/** cosign writes the repository with or without the tag that was signed. */
function isSameRepository(identity: string, { registry, repository }: ImageRef): boolean {
  const named = parseImageRef(identity);
  return named.registry === registry && named.repository === repository;
}

function untrusted({ client, digest, keys }: SignatureQuestion, reason: string): EngineError {
  return new EngineError("imageUntrusted", `cannot trust "${client.name}" (${digest}): ${reason}`, {
    hint: `it must be signed with ${keys.map(({ path }) => `"${path}"`).join(" or ")}; nothing was stored`,
    details: { digest },
  });
}
