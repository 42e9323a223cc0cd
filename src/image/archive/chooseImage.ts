import { EngineError } from "../../base/index.ts";
import type { Digest, Platform } from "../../oci/index.ts";
import { platformOf } from "../checkImage.ts";
import { formatPlatform, hostPlatform, platformDistance } from "../platform.ts";
import { familiarName } from "../reference.ts";
import type { ArchiveImage, ArchiveName, ArchiveOffer } from "./archiveImage.ts";

/** The image of an offer that is to be loaded. */
export interface ChosenImage extends ArchiveImage, Omit<ArchiveOffer, "images"> {
  readonly platform: Platform;
}

/**
 * Chooses the variant for a platform: the one that was asked for, else the only one there is, else this machine's. Pure
 * but for the look at the machine.
 *
 * @throws EngineError `platformNotFound`, `digestMismatch` for a name with the digest of something else.
 */
export function chooseImage({ names, images, ...offer }: ArchiveOffer, wanted: Platform | undefined): ChosenImage {
  const ranked = images
    .map((image) => ({ image, platform: platformOf(image.config) }))
    .map((one) => ({ ...one, distance: platformDistance(wanted ?? hostPlatform(), one.platform) }));
  const fitting = ranked
    .filter((one): one is typeof one & { distance: number } => one.distance !== undefined)
    .sort((one, other) => one.distance - other.distance);
  const only = wanted === undefined && ranked.length === 1 ? ranked[0] : undefined;
  const chosen = fitting[0] ?? only;
  if (chosen === undefined) {
    throw notThere({ names, images }, wanted ?? hostPlatform());
  }
  const { image, platform } = chosen;
  checkDigests(names, image.descriptor.digest);
  return { ...offer, ...image, names, platform };
}

function notThere({ names, images }: Pick<ArchiveOffer, "names" | "images">, wanted: Platform): EngineError {
  const [name] = names;
  const shown = name === undefined ? (images[0]?.manifest.config.digest ?? "") : familiarName(name.reference);
  const offered = [...new Set(images.map(({ config }) => formatPlatform(platformOf(config))))];
  return new EngineError(
    "platformNotFound",
    `image with reference ${shown} was found but does not provide the specified platform (${formatPlatform(wanted)})`,
    { hint: `the archive has it for ${offered.slice(0, 30).join(", ")}`, details: { offered } },
  );
}

function checkDigests(names: readonly ArchiveName[], manifestDigest: Digest): void {
  const isWrong = ({ reference: { digest }, repoDigest }: ArchiveName): boolean =>
    digest !== undefined && digest !== manifestDigest && digest !== repoDigest;
  const wrong = names.find(isWrong);
  if (wrong === undefined) return;
  const name = familiarName(wrong.reference);
  throw new EngineError("digestMismatch", `the image archive gives the name "${name}" to something else`);
}
