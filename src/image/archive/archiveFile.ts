import { createReadStream } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { EngineError, fileSystemError, randomHex } from "../../base/index.ts";
import { type ExpansionLimits, expansionLimit } from "../decompress.ts";
import { openArchive, sniffCompression } from "../openArchive.ts";
import { PartialWriter } from "../partialWriter.ts";
import { interrupted } from "../registry/retry.ts";

/** The uncompressed bytes of an archive, at any place. */
export interface ArchiveFile {
  readonly size: number;
  /** The bytes from `position` on, at most `length` of them; fewer only at the end. */
  read(position: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

export interface ArchiveSource {
  /** The path of a file, or the bytes themselves. */
  readonly archive: string | AsyncIterable<Uint8Array>;
  /** Where to put the bytes of an archive that cannot be read in place. */
  readonly directory: string;
  readonly limits: ExpansionLimits;
  readonly signal: AbortSignal;
}

/**
 * Opens an archive for reading at any place: a plain file where it is, anything else from a copy without compression,
 * which has no name, so that it is gone when the process is. The caller closes it.
 *
 * @throws EngineError `fileSystem`, `noSpace`, `invalidValue` for a directory, `interrupted`, and those of `openArchive`.
 */
export async function openArchiveFile(source: ArchiveSource): Promise<ArchiveFile> {
  if (typeof source.archive !== "string") return copyOf(source.archive, source);
  const path = source.archive;
  const file = await open(path, "r").catch((error: unknown) => {
    throw fileSystemError(error, "open", path);
  });
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) {
      throw new EngineError("invalidValue", `cannot load "${path}": it is a directory`, {
        hint: "pack its content first: tar -C DIRECTORY -cf - . | brig load",
      });
    }
    const inPlace = stat.isFile() ? await opened({ file, path, size: stat.size }) : undefined;
    if (inPlace !== undefined && sniffCompression(await inPlace.read(0, 5)) === "none") return inPlace;
    const copied = await copyOf(
      createReadStream(path, { fd: file.fd, autoClose: false, highWaterMark: 1 << 20 }),
      source,
    );
    await file.close();
    return copied;
  } catch (error) {
    await file.close();
    throw fileSystemError(error, "read", path);
  }
}

async function copyOf(bytes: AsyncIterable<Uint8Array>, { directory, limits, signal }: ArchiveSource) {
  const path = join(directory, `archive-${randomHex(8)}.tmp`);
  const file = await open(path, "wx+", 0o600).catch((error: unknown) => {
    throw fileSystemError(error, "make the file", path);
  });
  try {
    await rm(path);
    const writer = new PartialWriter(file, path);
    let read = 0;
    let written = 0;
    for await (const chunk of openArchive(counted(bytes, (length) => (read += length)))) {
      if (signal.aborted) throw interrupted();
      written += chunk.length;
      if (written > read && written > expansionLimit(read, limits)) throw tooLarge(written);
      const pressure = writer.append(chunk);
      if (pressure !== undefined) await pressure;
    }
    await writer.drain();
    return opened({ file, path, size: written });
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* counted(bytes: AsyncIterable<Uint8Array>, count: (length: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    count(chunk.length);
    yield chunk;
  }
}

function tooLarge(bytes: number): EngineError {
  return new EngineError("limitExceeded", `the archive unpacks to more than ${bytes} bytes`, {
    hint: "it looks like a decompression bomb; nothing of it was kept",
  });
}

interface OpenedFile {
  readonly file: FileHandle;
  readonly path: string;
  readonly size: number;
}

function opened({ file, path, size }: OpenedFile): ArchiveFile {
  return {
    size,
    read: async (position, length) => {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - position)));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await file
          .read(buffer, filled, buffer.length - filled, position + filled)
          .catch((error: unknown) => {
            throw fileSystemError(error, "read", path);
          });
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    close: () => file.close(),
  };
}
