import { EngineError } from "../../base/index.ts";
import { type Digest, isDigest } from "../../oci/index.ts";
import type { RepositoryClient } from "./client.ts";
import { withRetries } from "./retry.ts";

/** A manifest or index with the bytes that its digest was computed over. */
export interface OutgoingDocument {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/**
 * Puts a document under a tag or its digest (distribution-spec v1.1, "Pushing manifests"). Everything it refers to is
 * there before.
 *
 * @throws EngineError; `digestMismatch` when the registry understood something else.
 */
export async function putManifest(
  client: RepositoryClient,
  tagOrDigest: string,
  { digest, mediaType, bytes }: OutgoingDocument,
): Promise<void> {
  const attempt = `push the manifest "${tagOrDigest}" of "${client.name}" to "${client.origin}"`;
  const stated = await withRetries(client.options, async () => {
    const response = await client.request({
      method: "PUT",
      path: `manifests/${tagOrDigest}`,
      headers: { "content-type": mediaType },
      body: bytes,
      question: { attempt, name: client.name, access: "push" },
    });
    response.discard();
    return response.headers.get("docker-content-digest") ?? "";
  });
  if (!isDigest(stated) || stated === digest) return;
  throw new EngineError("digestMismatch", `cannot ${attempt}: the registry stored "${stated}" and not "${digest}"`);
}
