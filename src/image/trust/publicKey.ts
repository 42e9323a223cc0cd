import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { EngineError, readBoundedFile } from "../../base/index.ts";

/** A key that images may be signed with. */
export interface PublicKey {
  /** The file that it comes from, for messages. */
  readonly path: string;
  readonly key: KeyObject;
}

const mostKeyBytes = 64 * 1024;
const fewestRsaBits = 2048;

/**
 * Reads a public key in PEM (RFC 7468, "PUBLIC KEY"): ECDSA on P-256, RSA of at least 2048 bits, or Ed25519, as
 * `cosign generate-key-pair` and openssl write them.
 *
 * @throws EngineError `fileSystem`, `limitExceeded`, `invalidValue`, `notOffered` for another kind of key.
 */
export function readPublicKey(path: string): PublicKey {
  const text = readBoundedFile({ path, maxBytes: mostKeyBytes, what: "the public key" }).toString("latin1");
  if (text.includes("PRIVATE KEY")) {
    throw new EngineError("invalidValue", `"${path}" holds a private key; images are verified with the public one`, {
      hint: "keep that file away from machines that only pull",
    });
  }
  const key = parseKey(text, path);
  requireKnownKind(key, path);
  return { path, key };
}

function parseKey(text: string, path: string): KeyObject {
  if (!text.includes("-----BEGIN PUBLIC KEY-----")) throw noKey(path);
  try {
    return createPublicKey({ key: text, format: "pem" });
  } catch (error) {
    throw noKey(path, error);
  }
}

function requireKnownKind({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject, path: string): void {
  if (type === "ed25519") return;
  if (type === "ec" && details?.namedCurve === "prime256v1") return;
  if (type === "rsa" && (details?.modulusLength ?? 0) >= fewestRsaBits) return;
  throw new EngineError("notOffered", `"${path}" holds a key of a kind that images are not verified with`, {
    hint: `use ECDSA on P-256, Ed25519, or RSA of at least ${fewestRsaBits} bits`,
  });
}

function noKey(path: string, cause?: unknown): EngineError {
  return new EngineError("invalidValue", `"${path}" is no public key in PEM`, {
    hint: 'the file begins with "-----BEGIN PUBLIC KEY-----"; "cosign public-key" writes it',
    cause,
  });
}

/**
 * Whether the signature over the payload is by this key: SHA-256 with ECDSA in DER or with RSA PKCS #1 v1.5, and
 * plain Ed25519 (cosign, specs/SIGNATURE_SPEC.md).
 */
export function isSignedBy({ key }: PublicKey, payload: Uint8Array, signature: Uint8Array): boolean {
  const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  try {
    return verify(algorithm, payload, key, signature);
  } catch {
    return false; // bytes that are no signature of this kind
  }
}
