import { readJsonObjects } from "./jsonReader.ts";
import { documentLimits } from "./limits.ts";

/** One image of the manifest.json that `docker save` writes (Docker's image specification v1.2, "Combined Image JSON"). */
export interface SavedImage {
  /** The path of the configuration. */
  readonly config: string;
  readonly repoTags: readonly string[];
  /** The paths of the layers, the lowest first. */
  readonly layers: readonly string[];
}

/**
 * Validates the manifest.json of an archive of `docker save`.
 *
 * @throws EngineError `malformedDocument`, `limitExceeded`.
 */
export function parseSaved(bytes: Uint8Array): readonly SavedImage[] {
  const limits = { what: "manifest.json", maxBytes: documentLimits.manifestBytes, maximum: documentLimits.manifests };
  return readJsonObjects(bytes, limits).map((image) => ({
    config: image.requiredString("Config"),
    repoTags: image.strings("RepoTags", documentLimits.listItems),
    layers: image.strings("Layers", documentLimits.layers),
  }));
}
