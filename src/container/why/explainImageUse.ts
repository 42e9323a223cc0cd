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
import { loadMessages } from "../../messages/index.ts";
import { listImageUses } from "../imageUse.ts";
import { layerSizes } from "../store/forecastPrune.ts";
import type { StorePlaces } from "../store/layerKeeper.ts";
import type { AskedIn, Explanation, WhyMessages } from "./explanation.ts";

/** So many of the largest layers are told of. */
const toldLayers = 3;

/**
 * Whether an image can be removed, what keeps it, and where its size comes from.
 *
 * @throws EngineError `imageNotFound`, `storeCorrupt`.
 */
export async function explainImageUse(reference: string, places: StorePlaces & AskedIn): Promise<Explanation> {
  const words = (await loadMessages("why", places.language)).image;
  const store = openImageStore(join(places.root, "images"));
  const image = store.resolve(reference);
  if (image === undefined) throw noSuchImage(reference);
  const tree = treeOfImages(store.list(), { layerSize: layerSizes(places) }).find(({ id }) => id === image.id);
  const users = listImageUses(places).filter(({ imageId }) => imageId === image.id);
  const refusal = refusalOfRemoval(store, reference, { force: false, usedBy: () => users });
  const names = [...image.tags, ...image.digests].length;
  return {
    name: nameOfImage(image),
    why:
      refusal !== undefined
        ? words.kept({ reason: refusal.message })
        : tree === undefined || names > 1
          ? words.removableName
          : words.removable({ bytes: formatDecimalSize(tree.uniqueBytes) }),
    more: [
      ...users.map(({ name, id, running }) =>
        running ? words.running({ container: name || id }) : words.made({ container: name || id }),
      ),
      ...(names > 1 ? [words.names({ count: names })] : []),
      ...(tree === undefined ? [] : sizeSentences(tree, image, words)),
    ],
    hint: hintOf(users, refusal, words),
  };
}

type ImageMessages = WhyMessages["image"];

function hintOf(
  users: readonly { readonly running: boolean }[],
  refusal: EngineError | undefined,
  words: ImageMessages,
): string {
  if (refusal === undefined) return words.explainHint;
  if (users.some(({ running }) => running)) return words.forceContainer;
  return refusal.hint ?? words.forceImage;
}

function sizeSentences(tree: ImageTree, image: StoredImage, words: ImageMessages): readonly string[] {
  const { sizeBytes, sharedBytes, layers } = tree;
  const packed = layers.reduce((sum, { packedBytes }) => sum + packedBytes, 0);
  const size = { bytes: formatDecimalSize(sizeBytes), layers: layers.length, packed: formatDecimalSize(packed) };
  const others = [...new Set(layers.flatMap(({ sharedWith }) => sharedWith))];
  const shared = {
    bytes: formatDecimalSize(sharedBytes),
    others: others.slice(0, toldOthers).join(", "),
    more: others.length - toldOthers,
  };
  const told = shared.more > 0 ? words.sharedAndMore(shared) : words.shared(shared);
  return [words.size(size), ...(others.length === 0 ? [] : [told]), ...largestLayers(layers, image, words)];
}

/** So many of the images that share layers are named. */
const toldOthers = 3;

function largestLayers(layers: ImageTree["layers"], image: StoredImage, words: ImageMessages): readonly string[] {
  const makers = new Map(historySteps(image).map(({ layer, entry }) => [layer, entry?.created_by ?? ""]));
  return layers
    .map((layer, index) => ({ bytes: layer.unpackedBytes ?? layer.packedBytes, index }))
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, toldLayers)
    .map(({ bytes, index }) => {
      const by = (makers.get(index) ?? "").slice(0, 120);
      const layer = { number: index + 1, count: layers.length, bytes: formatDecimalSize(bytes), by };
      return by === "" ? words.layer(layer) : words.layerMadeBy(layer);
    });
}
