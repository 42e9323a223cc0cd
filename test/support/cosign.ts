import { type KeyObject, sign } from "node:crypto";
import { sha256 } from "./faultRegistry.ts";

/** A signed statement to lay beside an image; every member may be a lie. */
export interface Statement {
  /** The digest that it says it is about. */
  readonly digest: string;
  /** The repository that it says it is for: `127.0.0.1:5000/app`. */
  readonly repository: string;
  readonly key: KeyObject;
  readonly type?: string;
  /** The bytes to sign instead of a statement in the simple-signing format. */
  readonly payload?: Buffer;
  /** What to publish instead of the signature. */
  readonly signature?: string;
  /** What is served under the payload's digest; the registry must not check it. */
  readonly size?: number;
}

export const payloadType = "application/vnd.dev.cosign.simplesigning.v1+json";

/** The payload and its signature, as `cosign sign --key` makes them. */
export function signStatement(statement: Statement): { readonly payload: Buffer; readonly layer: object } {
  const { digest, repository, key, type = "cosign container image signature" } = statement;
  const critical = {
    identity: { "docker-reference": repository },
    image: { "docker-manifest-digest": digest },
    type,
  };
  const payload = statement.payload ?? Buffer.from(JSON.stringify({ critical, optional: null }));
  const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  const signature = statement.signature ?? sign(algorithm, payload, key).toString("base64");
  const layer = {
    mediaType: payloadType,
    digest: sha256(payload),
    size: statement.size ?? payload.length,
    annotations: { "dev.cosignproject.cosign/signature": signature },
  };
  return { payload, layer };
}

/** Pushes a blob by the distribution protocol. */
export async function pushBlob(registry: string, repository: string, bytes: Buffer): Promise<void> {
  const begun = await fetch(`http://${registry}/v2/${repository}/blobs/uploads/`, { method: "POST" });
  const location = new URL(begun.headers.get("location") ?? "", `http://${registry}`);
  location.searchParams.set("digest", sha256(bytes));
  await expectSuccess(fetch(location, { method: "PUT", body: new Uint8Array(bytes) }));
}

/** Pushes an OCI manifest under a tag; returns its digest. */
export async function pushManifest(registry: string, name: string, manifest: object): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const type = "application/vnd.oci.image.manifest.v1+json";
  const [repository, tag] = name.split(":");
  const url = `http://${registry}/v2/${repository}/manifests/${tag}`;
  await expectSuccess(fetch(url, { method: "PUT", headers: { "content-type": type }, body: new Uint8Array(bytes) }));
  return sha256(bytes);
}

async function expectSuccess(request: Promise<Response>): Promise<void> {
  const response = await request;
  if (!response.ok) throw new Error(`the registry answered ${response.status}: ${await response.text()}`);
}

/** Lays signed statements beside an image, under the tag that cosign gives them. */
export async function pushSignatures(
  registry: string,
  image: { readonly repository: string; readonly digest: string },
  statements: readonly Statement[],
): Promise<void> {
  const config = Buffer.from("{}");
  await pushBlob(registry, image.repository, config);
  const layers = statements.map(signStatement);
  for (const { payload } of layers) await pushBlob(registry, image.repository, payload);
  const tag = `${image.digest.replace(":", "-")}.sig`;
  await pushManifest(registry, `${image.repository}:${tag}`, {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: sha256(config),
      size: config.length,
    },
    layers: layers.map(({ layer }) => layer),
  });
}
