import { createHash, type Hash } from "node:crypto";
import { type Digest, parseDigest } from "../oci/index.ts";

export { isDigest, parseDiffId, parseDigest } from "../oci/index.ts";

/** The sha256 digest of a document. */
export function digestOf(bytes: Uint8Array): Digest {
  return parseDigest(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
}

/** `sha256` or `sha512`. */
export function digestAlgorithm(digest: Digest): "sha256" | "sha512" {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}

/** The hexadecimal part of a digest: the name of a blob's file. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}

/** A running hash of the algorithm that `digest` names. */
export function hashFor(digest: Digest): Hash {
  return createHash(digestAlgorithm(digest));
}

/** Whether the bytes are what the digest says. */
export function matchesDigest(bytes: Uint8Array, digest: Digest): boolean {
  return hashFor(digest).update(bytes).digest("hex") === digestHex(digest);
}
