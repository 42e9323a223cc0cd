import { formatDecimalSize } from "../../base/index.ts";
import { loadMessages } from "../../messages/index.ts";
import { type DiskUsage, measureUsage } from "../store/diskUsage.ts";
import type { PrunePlaces } from "../store/pruneRequest.ts";
import type { AskedIn, Explanation, WhyMessages } from "./explanation.ts";

/** So many of what takes most are told of. */
const toldThings = 8;

type SpaceMessages = WhyMessages["space"];

/** Where the room of the data root went, and what of it can be had back. @throws EngineError `storeCorrupt`. */
export async function explainSpace(places: PrunePlaces & AskedIn): Promise<Explanation> {
  const words = (await loadMessages("why", places.language)).space;
  return { name: places.root, ...spaceSentences(await measureUsage(places), words) };
}

/** Pure. */
function spaceSentences(usage: DiskUsage, words: SpaceMessages): Omit<Explanation, "name"> {
  const { images, containers, volumes } = usage;
  const kinds = [images, containers, volumes];
  const sum = (bytesOf: (kind: (typeof kinds)[number]) => number) =>
    kinds.reduce((bytes, kind) => bytes + bytesOf(kind), 0);
  const sizeOf = ({ total, bytes }: (typeof kinds)[number]) => ({ count: total, bytes: formatDecimalSize(bytes) });
  const parts = [
    words.images(sizeOf(images)),
    words.containers(sizeOf(containers)),
    words.volumes(sizeOf(volumes)),
  ].join(", ");
  const reclaimable = sum((kind) => kind.reclaimableBytes);
  const things = thingsOf(usage, words).filter(({ bytes }) => bytes > 0);
  const told = things.sort((one, other) => other.bytes - one.bytes).slice(0, toldThings);
  const rest = things.length - told.length;
  return {
    why: words.used({ bytes: formatDecimalSize(sum((kind) => kind.bytes)), parts }),
    more: [
      ...told.map(({ bytes, sentence }) => `${formatDecimalSize(bytes)}: ${sentence}`),
      ...(rest > 0 ? [words.more({ count: rest })] : []),
      reclaimable > 0 ? words.reclaimable({ bytes: formatDecimalSize(reclaimable) }) : words.allUsed,
    ],
    ...(reclaimable > 0 ? { hint: words.hint } : {}),
  };
}

interface Thing {
  readonly bytes: number;
  readonly sentence: string;
}

function thingsOf({ images, containers, volumes }: DiskUsage, words: SpaceMessages): Thing[] {
  const shared = images.each.reduce((bytes, { uniqueBytes }) => bytes - uniqueBytes, images.bytes);
  const useBy = (count: number) => (count > 0 ? words.usedBy({ count }) : words.unused);
  return [
    { bytes: shared, sentence: words.sharedLayers },
    ...images.each.map(({ id, repoTags, uniqueBytes, sharedBytes, containers: users }) => {
      const image = { name: repoTags[0] ?? id, use: useBy(users), shared: formatDecimalSize(sharedBytes) };
      return { bytes: uniqueBytes, sentence: sharedBytes > 0 ? words.imageBeside(image) : words.image(image) };
    }),
    ...containers.each.map(({ name, status, size }) => ({
      bytes: size?.writtenBytes ?? 0,
      sentence: words.container({ name, status }),
    })),
    ...volumes.each.map(({ Name, bytes, links }) => ({
      bytes,
      sentence: words.volume({ name: Name, use: useBy(links) }),
    })),
  ];
}
