import { rmSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { openImageStore, openStoreCheck, type StoredImage } from "../../image/index.ts";
import type { CheckScene, Finding } from "./finding.ts";

const pullAgain = 'pull the image again, or take it away with "brig rmi"';

/** Images of which a document or a blob is missing or has another size than its manifest says. */
export async function damagedImages({ root }: CheckScene): Promise<readonly Finding[]> {
  const directory = join(root, "images");
  try {
    const { images, damaged } = openImageStore(directory).survey();
    const found: Finding[] = damaged.map(({ name, error }) => ({
      object: name,
      sentence: `the image cannot be used: ${error.message}`,
      advice: pullAgain,
    }));
    for (const image of images) found.push(...(await damagedParts(directory, image)));
    return found;
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "storeCorrupt") throw error;
    return [{ object: directory, sentence: error.message, advice: error.hint ?? pullAgain }];
  }
}

async function damagedParts(directory: string, image: StoredImage): Promise<readonly Finding[]> {
  const { damagedBlobs } = await openStoreCheck();
  return damagedBlobs(directory, image).map(({ descriptor: { digest, size }, path, foundBytes }) =>
    foundBytes === undefined
      ? { object: digest, sentence: `a blob of the image ${image.id.slice(7, 19)} is missing`, advice: pullAgain }
      : wrongBlob(path, `the blob has ${foundBytes} bytes, and its manifest says ${size}`),
  );
}

/** A blob with the wrong content is worse than none: a pull brings only what is not there. */
function wrongBlob(path: string, sentence: string): Finding {
  const apply = (): void => rmSync(path, { force: true });
  return { object: path, sentence, repair: { does: "removes the blob, so that the next pull brings it again", apply } };
}

/** Blobs whose content is not what their name says. */
export async function changedBlobs({ root }: CheckScene): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for await (const { digest, path } of (await openStoreCheck()).changedBlobs(join(root, "images")))
    found.push(wrongBlob(path, `the content of the blob is not what its digest ${digest} says`));
  return found;
}

/** Files that interrupted downloads left and that no download goes on with. */
export async function leftoverPartials({ root }: CheckScene): Promise<readonly Finding[]> {
  const directory = join(root, "images");
  const { interruptedWrites, removeInterruptedWrites } = await openStoreCheck();
  return (await interruptedWrites(directory)).map((path) => ({
    object: path,
    sentence: "the write of a file was interrupted",
    repair: { does: "deletes it", apply: () => removeInterruptedWrites(directory) },
  }));
}
