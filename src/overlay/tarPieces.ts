import { planCopyEntry } from "./layerEntries.ts";
import type { LayerLimits } from "./layerLimits.ts";
import type { TarEntry } from "./tarEntry.ts";
import { TarReader } from "./tarReader.ts";
import type { TreePiece } from "./treeRecords.ts";

/**
 * Reads a tar archive that a user gives, in which no name is a mark of deletion, as its bytes arrive.
 *
 * @throws EngineError `malformedLayer`, `unsafeLayer` or `limitExceeded`, naming the entry.
 */
export async function* readTarPieces(
  archive: AsyncIterable<Uint8Array>,
  limits: LayerLimits,
): AsyncGenerator<TreePiece> {
  let pieces: TreePiece[] = [];
  const reader = new TarReader(
    {
      entry: (entry: TarEntry) => pieces.push({ kind: "entry", record: planCopyEntry(entry) }),
      content: (bytes) => pieces.push({ kind: "content", bytes }),
    },
    limits,
  );
  for await (const chunk of archive) {
    reader.feed(chunk);
    yield* pieces;
    pieces = [];
  }
  reader.finish();
  yield* pieces;
}
