import { join } from "node:path";
import { type EngineError, formatDecimalSize } from "../../base/index.ts";
import {
  historySteps,
  type ImageTree,
  nameOfImage,
  noSuchImage,
  openImageStore,
  refusalOfRemoval,
  type StoredImage,
  treeOfImages,
} from "../../image/index.ts";
import { listImageUses } from "../imageUse.ts";
import { layerSizes } from "../store/forecastPrune.ts";
import type { StorePlaces } from "../store/layerKeeper.ts";
import { counted, type Explanation } from "./explanation.ts";

/** So many of the largest layers are told of. */
const toldLayers = 3;

/**
 * Whether an image can be removed, what keeps it, and where its size comes from.
 *
 * @throws EngineError `imageNotFound`, `storeCorrupt`.
 */
export function explainImageUse(reference: string, places: StorePlaces): Explanation {
  const store = openImageStore(join(places.root, "images"));
  const image = store.resolve(reference);
  if (image === undefined) throw noSuchImage(reference);
  const tree = treeOfImages(store.list(), { layerSize: layerSizes(places) }).find(({ id }) => id === image.id);
  const users = listImageUses(places).filter(({ imageId }) => imageId === image.id);
  const refusal = refusalOfRemoval(store, reference, { force: false, usedBy: () => users });
  const names = [...image.tags, ...image.digests].length;
  const gone = tree === undefined || names > 1 ? "only a name" : `what takes ${formatDecimalSize(tree.uniqueBytes)}`;
  return {
    name: nameOfImage(image),
    why:
      refusal === undefined
        ? `it can be removed, and ${gone} goes with it`
        : `it cannot be removed: ${refusal.message}`,
    more: [
      ...users.map(({ name, id, running }) =>
        running
          ? `container ${name || id} runs from it`
          : `container ${name || id} was made from it and has not been removed`,
      ),
      ...(names > 1 ? [`it has ${names} names: removing one leaves the others`] : []),
      ...(tree === undefined ? [] : sizeSentences(tree, image)),
    ],
    hint: hintOf(users, refusal),
  };
}

function hintOf(users: readonly { readonly running: boolean }[], refusal: EngineError | undefined): string {
  if (refusal === undefined) return "brig image explain shows what each layer holds and what of it later ones hide";
  if (users.some(({ running }) => running)) return "brig rm --force removes a container that runs";
  return refusal.hint ?? "brig rmi --force removes all of its names, and the image with them";
}

function sizeSentences({ sizeBytes, sharedBytes, layers }: ImageTree, image: StoredImage): readonly string[] {
  const packed = layers.reduce((sum, { packedBytes }) => sum + packedBytes, 0);
  const sum = `it takes ${formatDecimalSize(sizeBytes)} in ${counted(layers.length, "layer")}, ${formatDecimalSize(packed)} packed`;
  const others = [...new Set(layers.flatMap(({ sharedWith }) => sharedWith))];
  const shared = `${formatDecimalSize(sharedBytes)} of it is shared with ${others.slice(0, 3).join(", ")}`;
  const more = others.length > 3 ? ` and ${others.length - 3} more` : "";
  return [sum, ...(others.length === 0 ? [] : [`${shared}${more}`]), ...largestLayers(layers, image)];
}

function largestLayers(layers: ImageTree["layers"], image: StoredImage): readonly string[] {
  const makers = new Map(historySteps(image).map(({ layer, entry }) => [layer, entry?.created_by ?? ""]));
  return layers
    .map((layer, index) => ({ bytes: layer.unpackedBytes ?? layer.packedBytes, index }))
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, toldLayers)
    .map(({ bytes, index }) => {
      const made = makers.get(index) ?? "";
      const by = made === "" ? "" : `, made by ${made.slice(0, 120)}`;
      return `layer ${index + 1} of ${layers.length} takes ${formatDecimalSize(bytes)}${by}`;
    });
}
