import { formatDecimalSize } from "../../base/index.ts";
import { type DiskUsage, measureUsage } from "../store/diskUsage.ts";
import type { PrunePlaces } from "../store/pruneRequest.ts";
import { counted, type Explanation } from "./explanation.ts";

/** So many of what takes most are told of. */
const toldThings = 8;

/** Where the room of the data root went, and what of it can be had back. @throws EngineError `storeCorrupt`. */
export async function explainSpace(places: PrunePlaces): Promise<Explanation> {
  return { name: places.root, ...spaceSentences(await measureUsage(places)) };
}

/** Pure. */
export function spaceSentences(usage: DiskUsage): Omit<Explanation, "name"> {
  const { images, containers, volumes } = usage;
  const kinds = [images, containers, volumes];
  const sum = (bytesOf: (kind: (typeof kinds)[number]) => number) =>
    kinds.reduce((bytes, kind) => bytes + bytesOf(kind), 0);
  const parts = [
    `${counted(images.total, "image")} ${formatDecimalSize(images.bytes)}`,
    `what ${counted(containers.total, "container")} wrote ${formatDecimalSize(containers.bytes)}`,
    `${counted(volumes.total, "volume")} ${formatDecimalSize(volumes.bytes)}`,
  ];
  const reclaimable = sum((kind) => kind.reclaimableBytes);
  const things = thingsOf(usage).filter(({ bytes }) => bytes > 0);
  const told = things.sort((one, other) => other.bytes - one.bytes).slice(0, toldThings);
  const rest = things.length - told.length;
  return {
    why: `${formatDecimalSize(sum((kind) => kind.bytes))} are in use: ${parts.join(", ")}`,
    more: [
      ...told.map(({ bytes, sentence }) => `${formatDecimalSize(bytes)}: ${sentence}`),
      ...(rest > 0 ? [`and ${rest} more that take less each`] : []),
      reclaimable > 0
        ? `${formatDecimalSize(reclaimable)} can be had back: it is not in use`
        : "nothing of it can go: all of it is in use",
    ],
    ...(reclaimable > 0 ? { hint: "brig system prune --all --volumes --dry-run says what would go and why" } : {}),
  };
}

interface Thing {
  readonly bytes: number;
  readonly sentence: string;
}

function thingsOf({ images, containers, volumes }: DiskUsage): Thing[] {
  const shared = images.each.reduce((bytes, { uniqueBytes }) => bytes - uniqueBytes, images.bytes);
  return [
    { bytes: shared, sentence: "layers that several images share, and all layers as they were downloaded" },
    ...images.each.map(({ id, repoTags, uniqueBytes, sharedBytes, containers: users }) => {
      const beside = sharedBytes > 0 ? ` alone, beside ${formatDecimalSize(sharedBytes)} that it shares` : "";
      const used = users > 0 ? `used by ${counted(users, "container")}` : "no container uses it";
      return { bytes: uniqueBytes, sentence: `the image ${repoTags[0] ?? id}${beside}; ${used}` };
    }),
    ...containers.each.map(({ name, status, size }) => ({
      bytes: size?.writtenBytes ?? 0,
      sentence: `what the container ${name} wrote; it is ${status}`,
    })),
    ...volumes.each.map(({ Name, bytes, links }) => ({
      bytes,
      sentence: `the volume ${Name}; ${links > 0 ? `used by ${counted(links, "container")}` : "no container uses it"}`,
    })),
  ];
}
