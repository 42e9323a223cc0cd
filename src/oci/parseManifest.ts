import { EngineError } from "../base/index.ts";
import { isDigest } from "./digest.ts";
import type { Descriptor, ImageIndex, ImageManifest, Platform } from "./imageSpec.ts";
import { type JsonReader, readJsonObject } from "./jsonReader.ts";
import { documentLimits } from "./limits.ts";
import { type DocumentKind, documentKind, mediaTypes } from "./mediaTypes.ts";

/**
 * Validates an image manifest (image-spec manifest.md; Docker's schema 2 has the same shape). `mediaType` is what the
 * registry or descriptor said it is. Members that brig does not know are left out.
 *
 * @throws EngineError `ambiguousDocument` when it is also an index or contradicts `mediaType`,
 * `unsupportedMediaType`, `malformedDocument`, `limitExceeded`.
 */
export function parseManifest(bytes: Uint8Array, mediaType: string): ImageManifest {
  const document = open(bytes, mediaType, "manifest");
  const config = document.object("config");
  if (config === undefined) throw new EngineError("malformedDocument", 'the image manifest has no "config"');
  return {
    schemaVersion: 2,
    mediaType,
    config: parseDescriptor(config),
    layers: document.objects("layers", documentLimits.layers).map(parseDescriptor),
    ...relationsOf(document),
    ...annotationsOf(document),
  };
}

/**
 * Validates an image index (image-spec image-index.md) or a Docker manifest list. Throws like `parseManifest`.
 */
export function parseIndex(bytes: Uint8Array, mediaType: string): ImageIndex {
  const document = open(bytes, mediaType, "index");
  return {
    schemaVersion: 2,
    mediaType,
    manifests: document.objects("manifests", documentLimits.manifests).map(parseDescriptor),
    ...relationsOf(document),
    ...annotationsOf(document),
  };
}

/** As `parseIndex`, for an index that nobody else says the media type of: it states its own, or is OCI's. */
export function parseStatedIndex(bytes: Uint8Array): ImageIndex {
  const document = readJsonObject(bytes, { what: "image index", maxBytes: documentLimits.manifestBytes });
  return parseIndex(bytes, document.string("mediaType") ?? mediaTypes.ociIndex);
}

function open(bytes: Uint8Array, mediaType: string, wanted: DocumentKind): JsonReader {
  if (documentKind(mediaType) === "schema1") throw schema1(mediaType);
  if (documentKind(mediaType) !== wanted) {
    throw new EngineError("unsupportedMediaType", `"${mediaType}" is not the media type of an image ${wanted}`);
  }
  const document = readJsonObject(bytes, { what: `image ${wanted}`, maxBytes: documentLimits.manifestBytes });
  checkUnambiguous(document, mediaType, wanted);
  if (document.count("schemaVersion") === 1) throw schema1(mediaType);
  if (document.count("schemaVersion") !== 2) {
    throw new EngineError("malformedDocument", `the image ${wanted} has not "schemaVersion" 2`);
  }
  return document;
}

/**
 * The same bytes must not mean one thing to brig and another to the tool that scanned or signed them (OCI
 * distribution-spec 1.0.1, GHSA-mc8v-mgrf-8f4m): the members of the other kind and a contradicting media type are fatal.
 */
function checkUnambiguous(document: JsonReader, mediaType: string, wanted: DocumentKind): void {
  document.refuseLookalikes(["schemaVersion", "mediaType", "config", "layers", "manifests", "fsLayers"]);
  const foreign = wanted === "manifest" ? ["manifests"] : ["config", "layers"];
  const found = [...foreign, "fsLayers"].find((name) => document.has(name));
  if (found !== undefined) {
    throw new EngineError(
      "ambiguousDocument",
      `the image ${wanted} also has "${found}", which belongs to another kind`,
    );
  }
  const own = document.string("mediaType");
  if (own !== undefined && own !== mediaType) {
    throw new EngineError("ambiguousDocument", `the image ${wanted} was served as "${mediaType}" but says "${own}"`);
  }
}

function schema1(mediaType: string): EngineError {
  return new EngineError(
    "unsupportedMediaType",
    `"${mediaType}" is Docker's image format from before 2016 (schema 1)`,
    {
      hint: "push the image again with a current tool, which writes schema 2 or OCI",
    },
  );
}

function parseDescriptor(reader: JsonReader): Descriptor {
  reader.refuseLookalikes(["mediaType", "digest", "size", "platform", "urls"]);
  const digest = reader.requiredString("digest");
  if (!isDigest(digest)) {
    throw new EngineError(
      "malformedDocument",
      `invalid digest ${JSON.stringify(digest.slice(0, 140))} in a descriptor`,
    );
  }
  const size = reader.count("size");
  if (size === undefined) throw new EngineError("malformedDocument", `the descriptor of "${digest}" has no size`);
  const platform = reader.object("platform");
  const artifactType = reader.string("artifactType");
  const urls = reader.strings("urls", 100);
  return {
    mediaType: reader.requiredString("mediaType"),
    digest,
    size,
    ...(urls.length === 0 ? {} : { urls }),
    ...annotationsOf(reader),
    ...(platform === undefined ? {} : { platform: parsePlatformMember(platform) }),
    ...(artifactType === undefined ? {} : { artifactType }),
  };
}

function relationsOf(document: JsonReader): { subject?: Descriptor; artifactType?: string } {
  const [subject, artifactType] = [document.object("subject"), document.string("artifactType")];
  return {
    ...(subject === undefined ? {} : { subject: parseDescriptor(subject) }),
    ...(artifactType === undefined ? {} : { artifactType }),
  };
}

function parsePlatformMember(reader: JsonReader): Platform {
  const variant = reader.string("variant");
  const osVersion = reader.string("os.version");
  return {
    os: reader.string("os") ?? "",
    architecture: reader.string("architecture") ?? "",
    ...(variant === undefined || variant === "" ? {} : { variant }),
    ...(osVersion === undefined ? {} : { "os.version": osVersion }),
  };
}

function annotationsOf(reader: JsonReader): { annotations?: Readonly<Record<string, string>> } {
  const annotations = reader.stringMap("annotations", documentLimits.annotations);
  if (annotations.size === 0) return {};
  // Without a prototype, so that a member called "__proto__" is an ordinary one.
  return { annotations: Object.assign(Object.create(null), Object.fromEntries(annotations)) };
}
