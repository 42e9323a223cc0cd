import { EngineError } from "../../base/index.ts";
import { familiarName, formatImageRef } from "../reference.ts";
import type { ArchiveName, ArchiveOffer } from "./archiveImage.ts";
import type { ImageArchive } from "./imageArchive.ts";
import { isLayout, readLayout } from "./readLayout.ts";
import { makeManifest, readSaved } from "./readSaved.ts";

/**
 * Everything that an archive offers: what manifest.json lists, as Docker reads it, with the manifests of the OCI layout
 * where it is one too, and what only the layout lists.
 *
 * @throws EngineError `unsupportedMediaType` for an archive of something else, `ambiguousDocument` when a name stands for
 * two images, and those of the readers.
 */
export async function readOffers(archive: ImageArchive): Promise<readonly ArchiveOffer[]> {
  const isOci = await isLayout(archive);
  const isSaved = archive.has("manifest.json");
  if (!isOci && !isSaved) throw unknownFormat(archive);
  const offers: ArchiveOffer[] = isOci ? [...(await readLayout(archive))] : [];
  for (const entry of isSaved ? await readSaved(archive) : []) {
    const at = offers.findIndex(({ images }) => images.some(({ manifest }) => manifest.config.digest === entry.id));
    const known = offers[at];
    if (known === undefined)
      offers.push({ names: entry.names, images: [await makeManifest(archive, entry)], indexes: [] });
    else offers[at] = { ...known, names: [...known.names, ...entry.names] };
  }
  checkNames(offers);
  return offers.map((offer) => ({ ...offer, names: distinct(offer.names) }));
}

function unknownFormat(archive: ImageArchive): EngineError {
  if (archive.has("repositories")) {
    return new EngineError(
      "unsupportedMediaType",
      "the image archive is of Docker before 1.10: it has no manifest.json",
      {
        hint: "load it with a Docker of that time and save it again",
      },
    );
  }
  return new EngineError(
    "unsupportedMediaType",
    "the archive is no image archive: it has no manifest.json and is no OCI layout",
    {
      hint: "brig import makes an image of a plain file system",
    },
  );
}

/** One reader must not find another image under a name than the next (two documents list the names). */
function checkNames(offers: readonly ArchiveOffer[]): void {
  const owners = new Map<string, ArchiveOffer>();
  for (const offer of offers) {
    for (const { reference } of offer.names) {
      const text = formatImageRef(reference);
      if ((owners.get(text) ?? offer) !== offer) {
        throw new EngineError(
          "ambiguousDocument",
          `the image archive gives the name "${familiarName(reference)}" to two images`,
        );
      }
      owners.set(text, offer);
    }
  }
}

/** Of a name that is there twice the one that came first, which may know more. */
function distinct(names: readonly ArchiveName[]): readonly ArchiveName[] {
  const byText = names.map((name) => [formatImageRef(name.reference), name] as const);
  return [...new Map(byText.toReversed()).values()].toReversed();
}
