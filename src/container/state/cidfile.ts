import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { EngineError, errnoOf, fileSystemError } from "../../base/index.ts";

/** A file that was made for the id of the container. */
export interface CidFile {
  write(id: string): void;
  /** Takes the file away again, as when the container could not be made. */
  discard(): void;
}

/**
 * Makes the `--cidfile`, which must not exist, before anything else is made. The caller either writes or discards it.
 *
 * @throws EngineError `usage` with Docker's sentence when the file exists.
 */
export function createCidFile(path: string): CidFile {
  let fd: number;
  try {
    fd = openSync(path, "wx", 0o644);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw fileSystemError(error, "make the container ID file", path);
    throw new EngineError(
      "usage",
      `container ID file found, make sure the other container isn't running or delete ${path}`,
    );
  }
  let open = true;
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return {
    write(id) {
      try {
        writeSync(fd, id);
      } catch (error) {
        throw fileSystemError(error, "write the container ID file", path);
      } finally {
        close();
      }
    },
    discard() {
      close();
      rmSync(path, { force: true });
    },
  };
}
