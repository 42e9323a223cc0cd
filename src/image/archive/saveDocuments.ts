import { type Descriptor, type Digest, mediaTypes } from "../../oci/index.ts";
import { platformOf } from "../checkImage.ts";
import { digestHex } from "../digest.ts";
import { familiarName, formatImageRef, type ImageRef } from "../reference.ts";
import { repoDigestAnnotation } from "../storeIndex.ts";
import { repositoryOf } from "../storeNames.ts";
import { blobPathOf } from "./imageArchive.ts";
import type { SavedImageNames } from "./planSave.ts";

/** An image to save, and its manifest as the store has it. */
export interface SavedManifest extends SavedImageNames {
  readonly manifest: Descriptor;
}

/** The documents at the top of an archive, by their names. */
export function saveDocuments(images: readonly SavedManifest[]): ReadonlyMap<string, string> {
  return new Map([
    ["oci-layout", '{"imageLayoutVersion":"1.0.0"}'],
    ["index.json", JSON.stringify(indexOf(images))],
    ["manifest.json", JSON.stringify(images.map(savedEntry))],
    ["repositories", JSON.stringify(repositoriesOf(images))],
  ]);
}

/** OCI's list: a descriptor for each name, with the annotations by which Docker, podman and skopeo find it. */
function indexOf(images: readonly SavedManifest[]): object {
  const manifests = images.flatMap((saved) =>
    (saved.names.length === 0 ? [undefined] : saved.names).map((name) => describe(saved, name)),
  );
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
}

function describe({ image, manifest }: SavedManifest, name: ImageRef | undefined): object {
  const repoDigest = repoDigestFor(image.digests, name);
  const annotations = {
    ...(name === undefined ? {} : { "io.containerd.image.name": formatImageRef(name) }),
    ...(name?.tag === undefined ? {} : { "org.opencontainers.image.ref.name": name.tag }),
    ...(repoDigest === undefined ? {} : { [repoDigestAnnotation]: repoDigest }),
  };
  const { mediaType, digest, size } = manifest;
  const platform = platformOf(image.config);
  return { mediaType, digest, size, platform, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) };
}

/** By which digest a registry knows the name. */
export function repoDigestFor(digests: readonly ImageRef[], name: ImageRef | undefined): Digest | undefined {
  if (name === undefined) return undefined;
  return digests.find((other) => repositoryOf(other) === repositoryOf(name))?.digest;
}

/** Docker's list (image specification v1.2): with the paths of the layout, as Docker 25 and later write it. */
function savedEntry({ image: { manifest }, names }: SavedManifest): object {
  return {
    Config: blobPathOf(manifest.config.digest),
    RepoTags: names.length === 0 ? null : names.map(familiarName),
    Layers: manifest.layers.map(({ digest }) => blobPathOf(digest)),
  };
}

/** Docker's oldest list: repository, tag, topmost layer. */
function repositoriesOf(images: readonly SavedManifest[]): object {
  const repositories = new Map<string, Map<string, string>>();
  for (const { image, names } of images) {
    const top = image.manifest.layers.at(-1);
    if (top === undefined) continue;
    for (const { tag = "", ...repository } of names) {
      const name = familiarName(repository);
      const tags = repositories.get(name) ?? new Map<string, string>();
      repositories.set(name, tags.set(tag, digestHex(top.digest)));
    }
  }
  return Object.fromEntries([...repositories].map(([name, tags]) => [name, Object.fromEntries(tags)]));
}
