import { EngineError } from "../base/index.ts";
import { quoteName } from "./byteString.ts";
import type { LayerLimits } from "./layerLimits.ts";
import type { TarEntry } from "./tarEntry.ts";
import { blockSize } from "./tarHeader.ts";
import { TarReader } from "./tarReader.ts";

/** An archive that can be read at any place. */
export interface TarBytes {
  readonly size: number;
  /** The bytes from `position` on, at most `length` of them; fewer only at the end. */
  read(position: number, length: number): Promise<Buffer>;
}

/** A member of an archive and where its content is. */
export interface TarMember extends Pick<TarEntry, "type" | "path" | "linkPath" | "size"> {
  readonly offset: number;
}

/** As many headers as fit come with one read, where contents are small. */
const windowBytes = 64 * 1024;

/**
 * Lists what is in a tar archive, reading headers and passing over contents.
 *
 * @throws EngineError `malformedLayer` or `limitExceeded`, naming the entry.
 */
export async function indexTar(archive: TarBytes, limits: LayerLimits): Promise<readonly TarMember[]> {
  const members: TarMember[] = [];
  let position = 0;
  const take = (entry: TarEntry): void => {
    const { type, path, linkPath, size } = entry;
    members.push({ type, path, linkPath, size, offset: position });
    if (position + size <= archive.size) return;
    throw new EngineError("malformedLayer", `the image archive ends in the middle of entry ${quoteName(path)}`);
  };
  const reader = new TarReader({ entry: take, content: () => undefined }, limits, "image archive");
  let window: Buffer = Buffer.alloc(0);
  let windowAt = 0;
  while (!reader.isAtEnd && position < archive.size) {
    if (position + blockSize > windowAt + window.length) {
      window = await archive.read(position, windowBytes);
      windowAt = position;
      if (window.length === 0) break;
    }
    const block = window.subarray(position - windowAt, position - windowAt + blockSize);
    position += block.length;
    reader.feed(block);
    position += reader.passContent();
  }
  reader.finish();
  return members;
}
