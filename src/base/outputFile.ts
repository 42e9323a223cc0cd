import { open, realpath, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { EngineError, fileSystemError } from "./errors.ts";
import { irregularKind } from "./irregularKind.ts";
import { randomHex } from "./random.ts";

/**
 * Writes a file that the user named. It appears whole or not at all; one that was there before stays until then. Of a symbolic
 * link to a file the file is written.
 *
 * @throws EngineError `invalidValue` for a device or a pipe, `fileSystem`, `noSpace`, and whatever `content` throws.
 */
export async function writeOutputFile(name: string, content: AsyncIterable<Uint8Array>, cwd: string): Promise<void> {
  const named = resolve(cwd, name);
  const kind = irregularKind(named);
  if (kind !== undefined) {
    throw new EngineError(
      "invalidValue",
      `cannot write to "${named}": it is ${kind}, and would be replaced by a file`,
      {
        hint: "name a file",
      },
    );
  }
  const path = await realpath(named).catch(() => named);
  const fresh = `${path}.${randomHex(4)}.tmp`;
  const attempt = async <Result>(action: Promise<Result>): Promise<Result> =>
    action.catch((error: unknown) => {
      throw fileSystemError(error, "write", path);
    });
  const file = await attempt(open(fresh, "wx", 0o600));
  try {
    for await (const bytes of content) await attempt(file.writeFile(bytes));
    await attempt(file.close());
    await attempt(rename(fresh, path));
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(fresh, { force: true });
    throw error;
  }
}
