import type { Digest } from "../../oci/index.ts";
import type { ImageUser } from "../planRemoval.ts";
import { familiarName } from "../reference.ts";
import type { StoredImage } from "../storedImage.ts";

export interface PruneRules {
  /** Every image that no container uses, not only those without a tag. */
  readonly all: boolean;
  /** What else keeps an image, as a sentence about it (a filter that it does not fit); undefined when nothing does. */
  readonly sparedBy: (image: StoredImage) => string | undefined;
  /** The containers that were made from an image, running or not. */
  readonly usedBy: (imageId: Digest) => readonly ImageUser[];
}

/** What becomes of an image, and why. */
export interface ImageVerdict {
  readonly image: StoredImage;
  readonly goes: boolean;
  /** In one sentence of lower case about the image. */
  readonly reason: string;
}

/** Decides which images a prune removes, by Docker's rules: those that nothing uses and, without `all`, nothing names. Pure. */
export function planPrune(images: readonly StoredImage[], rules: PruneRules): readonly ImageVerdict[] {
  return images.map((image) => {
    const keeps = whatKeeps(image, rules);
    if (keeps !== undefined) return { image, goes: false, reason: keeps };
    const named = image.tags.length > 0;
    return { image, goes: true, reason: `no container uses it${named ? "" : " and no tag names it"}` };
  });
}

function whatKeeps(image: StoredImage, { all, sparedBy, usedBy }: PruneRules): string | undefined {
  const [user, ...others] = usedBy(image.id);
  if (user !== undefined) {
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    return `the container ${user.name === "" ? user.id.slice(0, 12) : user.name}${more} uses it`;
  }
  const [tag] = image.tags;
  if (!all && tag !== undefined) return `the tag ${familiarName(tag)} names it`;
  return sparedBy(image);
}
