import { formatDecimalSize, shortId } from "../../base/index.ts";
import type { ImageSummary } from "../../image/index.ts";
import { formatAge, formatTime } from "./age.ts";
import type { ListRow, ListShape } from "./listFormat.ts";

const headings: ReadonlyMap<string, string> = new Map([
  ["Containers", "CONTAINERS"],
  ["CreatedAt", "CREATED AT"],
  ["CreatedSince", "CREATED"],
  ["Digest", "DIGEST"],
  ["ID", "IMAGE ID"],
  ["Repository", "REPOSITORY"],
  ["SharedSize", "SHARED SIZE"],
  ["Size", "SIZE"],
  ["Tag", "TAG"],
  ["UniqueSize", "UNIQUE SIZE"],
  ["VirtualSize", "VIRTUAL SIZE"],
]);

export const imageList: ListShape = { headings, columns: ["Repository", "Tag", "ID", "CreatedSince", "Size"] };
export const imageListWithDigests: ListShape = {
  headings,
  columns: ["Repository", "Tag", "Digest", "ID", "CreatedSince", "Size"],
};

export interface ImageRowStyle {
  readonly now: Date;
  /** Full ids and digests. */
  readonly full: boolean;
}

/** A name of an image, taken apart: `alpine`, `3.20`, `sha256:...`; `<none>` for what it lacks. */
export interface ImageName {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

const none = "<none>";

/** The names under which an image is listed: each tag with its digest, digests without a tag, or one line of nothing. */
export function namesOfImage({
  repoTags,
  repoDigests,
}: Pick<ImageSummary, "repoTags" | "repoDigests">): readonly ImageName[] {
  const digests = repoDigests.map(splitDigest);
  const tags = repoTags.map(splitTag);
  const tagged = tags.map((name) => ({
    ...name,
    digest: digests.find(({ repository }) => repository === name.repository)?.digest ?? none,
  }));
  const untagged = digests.filter(({ repository }) => !tags.some((name) => name.repository === repository));
  const names = [...tagged, ...untagged];
  return names.length === 0 ? [{ repository: none, tag: none, digest: none }] : names;
}

/** The fields of one line of `images`. */
export function imageRow(image: ImageSummary, name: ImageName, { now, full }: ImageRowStyle): ListRow {
  const size = formatDecimalSize(image.sizeBytes);
  return new Map([
    ["Containers", String(image.containers)],
    ["CreatedAt", formatTime(image.createdMs)],
    ["CreatedSince", formatAge(image.createdMs, now)],
    ["Digest", name.digest],
    ["ID", formatImageId(image.id, full)],
    ["Repository", name.repository],
    ["SharedSize", "N/A"],
    ["Size", size],
    ["Tag", name.tag],
    ["UniqueSize", "N/A"],
    ["VirtualSize", size],
  ]);
}

/** Twelve hexadecimal digits, or the whole digest. */
export function formatImageId(id: string, full: boolean): string {
  return full ? id : shortId(id.slice(id.indexOf(":") + 1));
}

/** The name comes from the image room: the tag is what follows the last colon. */
function splitTag(name: string): ImageName {
  const colon = name.lastIndexOf(":");
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1), digest: none };
}

function splitDigest(name: string): ImageName {
  const at = name.lastIndexOf("@");
  return { repository: name.slice(0, at), tag: none, digest: name.slice(at + 1) };
}
