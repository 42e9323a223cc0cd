import { type FileHandle, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { failPoint, fileSystemError, syncDirectory } from "../base/index.ts";

/** A blob under way: an open file that is called `path` until it gets the name of its digest, `blobPath`. */
export interface UnderwayFile {
  readonly file: FileHandle;
  readonly path: string;
  readonly blobPath: string;
}

/**
 * Makes a blob durable and visible. Its bytes are all written, and are what its name says: the caller has verified them.
 *
 * @throws EngineError `fileSystem`, `noSpace`.
 */
export async function showBlob({ file, path, blobPath }: UnderwayFile): Promise<void> {
  try {
    // The bytes first, then the name, then the directory: after a power cut a blob that has its name has its bytes.
    await file.datasync();
    failPoint("pull.blob-synced");
    await rename(path, blobPath);
    failPoint("pull.blob-renamed");
    syncDirectory(dirname(blobPath));
  } catch (error) {
    throw fileSystemError(error, "complete the blob", blobPath);
  }
}
