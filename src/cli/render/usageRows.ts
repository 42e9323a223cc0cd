import { formatDecimalSize } from "../../base/index.ts";
import type { DiskUsage, ImageUsage, KindUsage, VolumeUsage } from "../../container/index.ts";
import { containerList, containerRow } from "./containerRows.ts";
import { imageList, imageRow, namesOfImage } from "./imageRows.ts";
import type { ListRow, ListShape } from "./listFormat.ts";
import { volumeList, volumeRow } from "./volumeRows.ts";

export const usageList: ListShape = {
  headings: new Map([
    ["Active", "ACTIVE"],
    ["Reclaimable", "RECLAIMABLE"],
    ["Size", "SIZE"],
    ["TotalCount", "TOTAL"],
    ["Type", "TYPE"],
  ]),
  columns: ["Type", "TotalCount", "Active", "Size", "Reclaimable"],
};

/** The lines of `system df`, in Docker's order. brig has no build cache; scripts that look for the line find an empty one. */
export function usageRows({ images, containers, volumes }: DiskUsage): readonly ListRow[] {
  const none: KindUsage = { total: 0, active: 0, bytes: 0, reclaimableBytes: 0 };
  return [
    usageRow("Images", images),
    usageRow("Containers", containers),
    usageRow("Local Volumes", volumes),
    usageRow("Build Cache", none),
  ];
}

function usageRow(type: string, { total, active, bytes, reclaimableBytes }: KindUsage): ListRow {
  const part = bytes > 0 ? ` (${Math.floor((reclaimableBytes * 100) / bytes)}%)` : "";
  return new Map([
    ["Active", String(active)],
    ["Reclaimable", `${formatDecimalSize(reclaimableBytes)}${part}`],
    ["Size", formatDecimalSize(bytes)],
    ["TotalCount", String(total)],
    ["Type", type],
  ]);
}

/** One table of `system df -v`. */
export interface UsageTable {
  /** The member of the document that `--format` sees. */
  readonly member: "Images" | "Containers" | "Volumes" | "BuildCache";
  readonly title: string;
  readonly shape: ListShape;
  readonly rows: readonly ListRow[];
}

/** Everything that takes room, one by one. */
export function usageTables({ images, containers, volumes }: DiskUsage, now: Date): readonly UsageTable[] {
  return [
    {
      member: "Images",
      title: "Images space usage:",
      shape: {
        ...imageList,
        columns: ["Repository", "Tag", "ID", "CreatedSince", "Size", "SharedSize", "UniqueSize", "Containers"],
      },
      rows: images.each.flatMap((image) => imageRows(image, now)),
    },
    {
      member: "Containers",
      title: "Containers space usage:",
      shape: {
        ...containerList,
        columns: ["ID", "Image", "Command", "LocalVolumes", "Size", "RunningFor", "Status", "Names"],
      },
      rows: containers.each.map((one) =>
        withFields(containerRow(one, { now, full: false }), [["Size", formatDecimalSize(one.size?.writtenBytes ?? 0)]]),
      ),
    },
    {
      member: "Volumes",
      title: "Local Volumes space usage:",
      shape: { ...volumeList, columns: ["Name", "Links", "Size"] },
      rows: volumes.each.map(volumeUsageRow),
    },
    {
      member: "BuildCache",
      title: "Build cache usage: 0B",
      shape: {
        headings: new Map([
          ["ID", "CACHE ID"],
          ["CacheType", "CACHE TYPE"],
          ["Size", "SIZE"],
          ["CreatedSince", "CREATED"],
          ["LastUsedSince", "LAST USED"],
          ["UsageCount", "USAGE"],
          ["Shared", "SHARED"],
        ]),
        columns: ["ID", "CacheType", "Size", "CreatedSince", "LastUsedSince", "UsageCount", "Shared"],
      },
      rows: [],
    },
  ];
}

function imageRows(image: ImageUsage, now: Date): readonly ListRow[] {
  return namesOfImage(image).map((name) =>
    withFields(imageRow(image, name, { now, full: false }), [
      ["SharedSize", formatDecimalSize(image.sharedBytes)],
      ["UniqueSize", formatDecimalSize(image.uniqueBytes)],
    ]),
  );
}

function volumeUsageRow(volume: VolumeUsage): ListRow {
  return withFields(volumeRow(volume), [
    ["Links", String(volume.links)],
    ["Size", formatDecimalSize(volume.bytes)],
  ]);
}

function withFields(row: ListRow, fields: readonly (readonly [string, string])[]): ListRow {
  return new Map([...row, ...fields]);
}
