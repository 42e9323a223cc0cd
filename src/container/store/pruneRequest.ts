import { createdMsOf, type ImagePruning, type StoredImage } from "../../image/index.ts";
import { listImageUses } from "../imageUse.ts";
import type { ObjectFilter } from "../list/containerFilters.ts";
import { instantOf, parseInstant } from "../options/timeFlag.ts";
import { compilePruneLabels } from "../volumes/removeVolume.ts";
import { layerKeeper, type StorePlaces } from "./layerKeeper.ts";

export interface PruneImagesRequest {
  /** Every image that no container uses, not only those without a tag. */
  readonly all: boolean;
  /** `until`, `label`, `label!`, and `dangling`, of which `false` means `all`. */
  readonly filters: readonly ObjectFilter[];
}

export interface PrunePlaces extends StorePlaces {
  readonly now: () => Date;
}

/**
 * The rules of a prune by its flags. `without` are containers that are about to go and keep nothing.
 *
 * @throws EngineError `invalidValue` for an unknown filter or a time that cannot be read.
 */
export function pruneRules(
  { all, filters }: PruneImagesRequest,
  places: PrunePlaces,
  without: ReadonlySet<string> = new Set(),
): ImagePruning {
  return {
    ...layerKeeper(places),
    all: all || filters.some(({ name, value }) => name === "dangling" && /^(false|0)$/.test(value)),
    sparedBy: compileSparing(filters, places.now()),
    usedBy: (imageId) => listImageUses(places).filter((use) => use.imageId === imageId && !without.has(use.id)),
  };
}

function compileSparing(filters: readonly ObjectFilter[], now: Date): (image: StoredImage) => string | undefined {
  const fitsLabels = compilePruneLabels(filters, ["until", "dangling"]);
  const limits = filters.filter(({ name }) => name === "until").map(({ value }) => parseInstant(value, now, "until"));
  return (image) => {
    if (!fitsLabels(image.config.config.Labels)) return "its labels do not fit the filter";
    const createdMs = createdMsOf(image);
    if (limits.length === 0) return undefined;
    if (createdMs === undefined) return "nobody wrote down when it was made";
    const created = instantOf(new Date(createdMs));
    return limits.every((limit) => created < limit) ? undefined : "it was made after the time of the filter";
  };
}
