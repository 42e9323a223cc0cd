import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { type DamagedPart, openImageStore, openStoreCheck, type StorePart } from "../../image/index.ts";
import type { CheckScene, Finding, Repair } from "./finding.ts";

const pullAgain = 'pull the image again, or take it away with "brig rmi"';

/** Images of which a document or a blob is missing or has another size than its manifest says. */
export async function damagedImages(scene: CheckScene): Promise<readonly Finding[]> {
  const directory = join(scene.root, "images");
  const { damagedParts } = await openStoreCheck();
  try {
    const blobs = damagedParts(directory);
    const unreadable = new Set(blobs.flatMap(({ part }) => (part.kind === "layer" ? [] : [part.image])));
    const { damaged } = openImageStore(directory).survey();
    return [
      // What a missing document explains is told with it.
      ...damaged
        .filter(({ name }) => !unreadable.has(name))
        .map(({ name, error }) => ({
          object: name,
          sentence: `the image cannot be used: ${error.message}`,
          advice: pullAgain,
        })),
      ...blobs.map((blob) => damagedBlob(scene, blob)),
    ];
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "storeCorrupt") throw error;
    return [{ object: directory, sentence: error.message, advice: error.hint ?? pullAgain }];
  }
}

function damagedBlob(scene: CheckScene, { part, path, foundBytes }: DamagedPart): Finding {
  const { digest, size } = part.descriptor;
  const what = `the ${part.kind} of the image ${part.image}`;
  if (foundBytes === undefined) {
    const mend = fetching(scene, part);
    const sentence = `${what} is missing`;
    return { object: digest, sentence, ...(mend === undefined ? { advice: pullAgain } : { repair: mend }) };
  }
  return wrongBlob(scene, { part, path, sentence: `${what} has ${foundBytes} bytes, and ${size} are right` });
}

interface WrongBlob {
  readonly part: StorePart | undefined;
  readonly path: string;
  readonly sentence: string;
}

/** A blob with the wrong content is worse than none: where nobody is known who has it, a pull brings only what is not there. */
function wrongBlob(scene: CheckScene, { part, path, sentence }: WrongBlob): Finding {
  const removal: Repair = {
    does: "removes the blob, so that the next pull brings it again",
    apply: () => rmSync(path, { force: true }),
  };
  return { object: path, sentence, repair: (part === undefined ? undefined : fetching(scene, part)) ?? removal };
}

/** Brings one blob again, where it is known from whom. */
function fetching({ refetch }: CheckScene, part: StorePart): Repair | undefined {
  const [source] = part.sources;
  if (source === undefined || (part.kind === "layer" && part.diffId === undefined)) return undefined;
  return { does: `fetches it again from ${source.registry}`, apply: () => refetch(part) };
}

/** Blobs whose content is not what their name says. */
export async function changedBlobs(scene: CheckScene): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for await (const { digest, path, part } of (await openStoreCheck()).changedBlobs(join(scene.root, "images"))) {
    // One of another size is found without reading it.
    if (part !== undefined && statSync(path).size !== part.descriptor.size) continue;
    found.push(
      wrongBlob(scene, { part, path, sentence: `the content of the blob is not what its digest ${digest} says` }),
    );
  }
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
