import { EngineError } from "../base/index.ts";
import type { Platform } from "../oci/index.ts";
import { platformOf } from "./checkImage.ts";
import { formatPlatform, platformDistance } from "./platform.ts";
import { familiarName } from "./reference.ts";
import type { StoredImage } from "./storedImage.ts";

/**
 * Sees to it that an image is for the platform that was asked for, if one was.
 *
 * @throws EngineError `platformNotFound`, with Docker's sentence.
 */
export function requirePlatform(image: StoredImage, wanted: Platform | undefined): void {
  const own = platformOf(image.config);
  if (wanted === undefined || platformDistance(wanted, own) !== undefined) return;
  const [tag] = image.tags;
  const name = tag === undefined ? image.id : familiarName(tag);
  throw new EngineError(
    "platformNotFound",
    `image with reference ${name} was found but does not provide the specified platform (${formatPlatform(wanted)})`,
    { hint: `the image is for ${formatPlatform(own)}` },
  );
}
