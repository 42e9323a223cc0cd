import { EngineError } from "../../base/index.ts";
import type { Descriptor, Digest } from "../../oci/index.ts";
import { digestAlgorithm, digestHex, matchesDigest } from "../digest.ts";
import type { ArchiveFile } from "./archiveFile.ts";
import { archivePath, type ListedMember, type MemberPlace, placesOf } from "./archiveMembers.ts";

/** Lists the members of a tar archive; the room that reads archives does it. */
export type ListMembers = (archive: Pick<ArchiveFile, "size" | "read">) => Promise<readonly ListedMember[]>;

const chunkBytes = 1 << 20;
/** All documents of an archive together, far above real ones: they are in memory until their images are stored. */
const maximumDocumentBytes = 128 << 20;

/** An image archive, by the paths of its files. */
export class ImageArchive {
  readonly #file: ArchiveFile;
  readonly #places: ReadonlyMap<string, MemberPlace>;
  #documentBytes = 0;

  private constructor(file: ArchiveFile, places: ReadonlyMap<string, MemberPlace>) {
    this.#file = file;
    this.#places = places;
  }

  /** @throws EngineError of `placesOf` and of the reader. */
  static async open(file: ArchiveFile, list: ListMembers): Promise<ImageArchive> {
    return new ImageArchive(file, placesOf(await list(file)));
  }

  has(path: string): boolean {
    return this.#places.has(path);
  }

  /** The path that a document of the archive names. @throws EngineError of `archivePath`; `malformedDocument` for no file. */
  named(path: string): string {
    const clean = archivePath(path);
    this.sizeOf(clean);
    return clean;
  }

  sizeOf(path: string): number {
    return this.#place(path).size;
  }

  /** The whole of a small file. @throws EngineError `limitExceeded`, `malformedDocument` when there is none. */
  async document(path: string, maxBytes: number): Promise<Buffer> {
    const { offset, size } = this.#place(path);
    this.#documentBytes += size;
    const most = Math.min(maxBytes, maximumDocumentBytes - this.#documentBytes + size);
    if (size <= most) return this.#file.read(offset, size);
    throw new EngineError(
      "limitExceeded",
      `${quoted(path)} of the image archive has ${size} bytes; at most ${most} are allowed`,
    );
  }

  /** A document by its digest. @throws EngineError `digestMismatch`, `sizeMismatch`, and those of `document`. */
  async blob({ digest, size }: Pick<Descriptor, "digest" | "size">, maxBytes: number): Promise<Buffer> {
    const path = blobPathOf(digest);
    const bytes = await this.document(path, maxBytes);
    if (bytes.length !== size) {
      throw new EngineError(
        "sizeMismatch",
        `${quoted(path)} of the image archive has ${bytes.length} bytes, not ${size}`,
      );
    }
    if (matchesDigest(bytes, digest)) return bytes;
    throw new EngineError("digestMismatch", `${quoted(path)} of the image archive is not what its digest says`);
  }

  /** The bytes of a file from `from` on. */
  async *read(path: string, from = 0): AsyncGenerator<Buffer> {
    const { offset, size } = this.#place(path);
    for (let at = from; at < size; ) {
      const chunk = await this.#file.read(offset + at, Math.min(chunkBytes, size - at));
      if (chunk.length === 0)
        throw new EngineError("truncatedBlob", "the image archive became shorter while it was read");
      at += chunk.length;
      yield chunk;
    }
  }

  #place(path: string): MemberPlace {
    const place = this.#places.get(path);
    if (place !== undefined) return place;
    throw new EngineError("malformedDocument", `the image archive has no file ${quoted(path)}`, {
      hint: "it is incomplete: save the image again",
    });
  }
}

/** Where an OCI layout has a blob (image-spec image-layout.md). */
export function blobPathOf(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

function quoted(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
