import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import {
  EngineError,
  errnoOf,
  fileSystemError,
  makeDirectory,
  readFileIfExists,
  writeFileAtomic,
} from "../base/index.ts";
import type { Digest } from "../oci/index.ts";
import { digestAlgorithm, digestHex } from "./digest.ts";

/**
 * Where things are in the image store, an OCI image layout (image-spec image-layout.md) with two directories and
 * a file more, which the specification allows and other tools pass over:
 *
 *     oci-layout              the version of the layout
 *     index.json              every image by name
 *     blobs/ALGORITHM/HEX     complete, verified blobs
 *     partial/                blobs and documents under way
 *     reserve                 room for the shorter index of a removal, for when the disk has none left
 *     locks/index             held exclusively while index.json is read, changed and replaced
 *     locks/sweep             held shared while blobs are brought in, exclusively while unused ones are removed
 *
 * The locks live beside what they protect, so that two run-time directories over one store still share them.
 */
export interface StoreLayout {
  readonly directory: string;
  readonly index: string;
  readonly partials: string;
  readonly reserve: string;
  readonly indexLock: string;
  readonly sweepLock: string;
}

export function storeLayout(directory: string): StoreLayout {
  return {
    directory,
    index: join(directory, "index.json"),
    partials: join(directory, "partial"),
    reserve: join(directory, "reserve"),
    indexLock: join(directory, "locks", "index"),
    sweepLock: join(directory, "locks", "sweep"),
  };
}

/** A digest has no character that means anything in a path, whoever wrote it: `parseDigest` saw to that (V37). */
export function blobPathIn(layout: StoreLayout, digest: Digest): string {
  return join(layout.directory, "blobs", digestAlgorithm(digest), digestHex(digest));
}

const layoutMarker = '{"imageLayoutVersion":"1.0.0"}';

/**
 * Makes the directories and the version file where they are missing. Readers never call this: a store that is not
 * there is an empty one.
 *
 * @throws EngineError `storeCorrupt` when the layout is of a version that brig does not know.
 */
export function prepareLayout(layout: StoreLayout): void {
  for (const part of ["partial", "locks", "blobs/sha256", "blobs/sha512"]) makeDirectory(join(layout.directory, part));
  const marker = join(layout.directory, "oci-layout");
  const found = readFileIfExists(marker);
  if (found === undefined) {
    writeFileAtomic(marker, layoutMarker, { durable: true });
  } else if (layoutVersion(found) !== "1.0.0") {
    throw new EngineError(
      "storeCorrupt",
      `cannot write to the image store "${layout.directory}": unknown layout version`,
      { hint: `"${marker}" should read ${layoutMarker}` },
    );
  }
}

function layoutVersion(text: string): unknown {
  try {
    const marker: unknown = JSON.parse(text);
    return typeof marker === "object" && marker !== null ? Reflect.get(marker, "imageLayoutVersion") : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The content of a small file, or undefined when there is none.
 *
 * @throws EngineError `limitExceeded` when it has more than `maxBytes`, before anything is read.
 */
export function readBounded(path: string, maxBytes: number): Buffer | undefined {
  const fd = openIfExists(path);
  if (fd === undefined) return undefined;
  try {
    const { size } = fstatSync(fd);
    if (size > maxBytes) {
      throw new EngineError("limitExceeded", `"${path}" has ${size} bytes; at most ${maxBytes} are allowed`);
    }
    return readFully(fd, size);
  } catch (error) {
    throw fileSystemError(error, "read", path);
  } finally {
    closeSync(fd);
  }
}

function openIfExists(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "open", path);
  }
}

function readFully(fd: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(fd, bytes, filled, size - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
