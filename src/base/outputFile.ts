import { open, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { fileSystemError } from "./errors.ts";
import { randomHex } from "./random.ts";

/**
 * Writes a file that the user named. It appears whole or not at all; one that was there before stays until then.
 *
 * @throws EngineError `fileSystem`, `noSpace`, and whatever `content` throws.
 */
export async function writeOutputFile(name: string, content: AsyncIterable<Uint8Array>, cwd: string): Promise<void> {
  const path = resolve(cwd, name);
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
