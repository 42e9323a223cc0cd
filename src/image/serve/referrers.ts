import { type Digest, mediaTypes } from "../../oci/index.ts";
import { type Answer, json } from "./answer.ts";
import type { RepositoryContents, RepositoryDocument } from "./contents.ts";

/**
 * The manifests whose subject is `digest`, as an index of their descriptors (distribution-spec, "Listing Referrers").
 * An empty list for what nothing refers to, be it there or not.
 */
export function answerReferrers(
  { documents }: RepositoryContents,
  digest: Digest,
  artifactType: string | undefined,
): Answer {
  const manifests = [...documents.values()]
    .filter(({ parsed }) => parsed.subject?.digest === digest)
    .map(describeReferrer)
    .filter((descriptor) => artifactType === undefined || descriptor.artifactType === artifactType);
  return json(
    { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests },
    {
      headers: {
        "Content-Type": mediaTypes.ociIndex,
        ...(artifactType === undefined ? {} : { "OCI-Filters-Applied": "artifactType" }),
      },
    },
  );
}

function describeReferrer({ descriptor, parsed }: RepositoryDocument) {
  const { mediaType, digest, size } = descriptor;
  const artifactType = parsed.artifactType ?? ("config" in parsed ? parsed.config.mediaType : undefined);
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(parsed.annotations === undefined ? {} : { annotations: parsed.annotations }),
  };
}
