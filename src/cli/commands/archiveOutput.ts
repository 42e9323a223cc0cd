import { EngineError, writeOutputFile } from "../../base/index.ts";
import type { CommandContext } from "../context.ts";

export interface ArchiveOutput {
  readonly archive: AsyncIterable<Uint8Array>;
  /** The file to write; stdout when it is empty. */
  readonly output: string;
}

/**
 * Writes an archive where the user wants it.
 *
 * @throws EngineError `invalidValue` in Docker's words when that would be a terminal, before anything is read.
 */
export async function writeArchive({ archive, output }: ArchiveOutput, { stdout, cwd }: CommandContext): Promise<void> {
  if (output === "" && stdout.isTty) {
    throw new EngineError("invalidValue", "cowardly refusing to save to a terminal. Use the -o flag or redirect");
  }
  if (output !== "") await writeOutputFile(output, archive, cwd);
  else for await (const bytes of archive) await stdout.pour(bytes);
}
