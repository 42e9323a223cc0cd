import { createHash } from "node:crypto";
import { type HandEntry, handArchive } from "./handTar.ts";

export const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A layer with one file. */
export function oneFileLayer(name: string): Buffer {
  return handArchive([{ name, content: `${name}\n` }]);
}

export function configOf(layers: readonly Uint8Array[], members: object = {}): string {
  const diffIds = layers.map((layer) => `sha256:${sha256(layer)}`);
  return JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: diffIds },
    history: [],
    ...members,
  });
}

/** The files of an archive as docker save 1.10 to 24 writes it, for an image of these layers. */
export function savedFiles(layers: readonly Buffer[], tags: readonly string[] | null): readonly HandEntry[] {
  const config = configOf(layers);
  const names = layers.map((layer) => `${sha256(layer)}/layer.tar`);
  const manifest = [{ Config: `${sha256(config)}.json`, RepoTags: tags, Layers: names }];
  return [
    { name: `${sha256(config)}.json`, content: config },
    ...layers.map((content, index) => ({ name: names[index] ?? "", content })),
    { name: "manifest.json", content: JSON.stringify(manifest) },
  ];
}

export interface LayoutParts {
  readonly layer: Buffer;
  readonly config: string;
  readonly manifest: string;
  readonly index: string;
}

const oci = "application/vnd.oci.image";

/** A descriptor of image-spec descriptor.md. */
export function describe(type: string, content: string | Uint8Array, members: object = {}): object {
  const size = Buffer.from(content).length;
  return {
    mediaType: type.includes("/") ? type : `${oci}.${type}`,
    digest: `sha256:${sha256(content)}`,
    size,
    ...members,
  };
}

export const layoutMark: HandEntry = { name: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' };
export const blob = (content: string | Uint8Array): HandEntry => ({ name: `blobs/sha256/${sha256(content)}`, content });

/** An OCI layout of one image; `change` may spoil its documents, each of which the next one is made of. */
export function layoutFiles(
  name: string,
  change: Partial<{ [Part in keyof LayoutParts]: (content: LayoutParts[Part]) => LayoutParts[Part] }> = {},
): readonly HandEntry[] {
  const layer = oneFileLayer("layer");
  const config = (change.config ?? ((same) => same))(configOf([layer]));
  const manifest = (change.manifest ?? ((same) => same))(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${oci}.manifest.v1+json`,
      config: describe("config.v1+json", config),
      layers: [describe("layer.v1.tar", layer)],
    }),
  );
  const annotations = { "org.opencontainers.image.ref.name": name };
  const index = (change.index ?? ((same) => same))(
    JSON.stringify({ schemaVersion: 2, manifests: [describe("manifest.v1+json", manifest, { annotations })] }),
  );
  return [layoutMark, { name: "index.json", content: index }, blob(manifest), blob(config), blob(layer)];
}
