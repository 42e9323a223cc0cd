import { basename, dirname } from "node:path";
import { describeErrno, EngineError, errnoName, spawnHelper } from "../base/index.ts";
import { quoteName } from "./byteString.ts";

export interface RemoveTreeRequest {
  readonly helperPath: string;
  /** Absolute; its parent directory must be the engine's own. */
  readonly path: string;
}

/**
 * Deletes a file or a directory tree of any depth and content, without following a symbolic link or crossing a mount
 * in it (native/trees.c). Nothing there is fine.
 *
 * @throws EngineError `fileSystem`, `helperMissing`.
 */
export async function removeTree({ helperPath, path }: RemoveTreeRequest): Promise<void> {
  const order = { op: "remove", fields: { parent: dirname(path), name: basename(path) } };
  const helper = spawnHelper(helperPath, [order]);
  helper.stdin.end();
  const { status, records } = await helper.ended;
  if (status === 0) return;
  const failed = records.find(({ op }) => op === "failed");
  const errno = failed === undefined ? undefined : errnoName(Number(failed.fields.get("errno")));
  const reason = errno === undefined ? `the native helper ended with status ${status}` : describeErrno(errno);
  throw new EngineError("fileSystem", `cannot remove ${quoteName(path)}: ${reason}`, { details: { errno, path } });
}
