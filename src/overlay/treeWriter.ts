import { failPoint, type HelperOutcome, type HelperProcess } from "../base/index.ts";
import type { ByteString } from "./byteString.ts";
import { HelperStream } from "./helperStream.ts";
import type { LayerRecord } from "./layerRecord.ts";
import { RecordWriter } from "./recordWriter.ts";
import type { TreePiece } from "./treeRecords.ts";

/** How the making of a tree ended. */
export interface WrittenTree {
  /** Bytes of file contents. */
  readonly bytes: number;
}

/** What the helper could not make, and why. */
export class TreeRefusal extends Error {
  readonly op: string;
  readonly path: ByteString;
  readonly call: string;
  readonly errno: number;

  constructor({ records, status }: HelperOutcome) {
    const fields = records.find(({ op }) => op === "error")?.fields;
    super(`the helper ended with status ${status}`);
    this.op = fields?.get("op") ?? "";
    this.path = fields?.get("path") ?? "";
    this.call = fields?.get("call") ?? "";
    this.errno = Number(fields?.get("errno") ?? 0);
  }
}

/**
 * Makes a tree through a helper that unpacks, as its entries arrive. The helper is gone afterwards, whatever
 * happens.
 *
 * @throws TreeRefusal for what the file system refuses; whatever `pieces` throws; `ended`'s errors.
 */
export async function makeTree(helper: HelperProcess, pieces: AsyncIterable<TreePiece>): Promise<WrittenTree> {
  const stream = new HelperStream(helper.stdin);
  const writer = new RecordWriter(stream);
  try {
    for await (const piece of pieces) {
      if (helper.stdin.destroyed) break; // how it ended says why
      if (piece.kind === "entry") writer.record(piece.record);
      else stream.bytes(piece.bytes);
      await stream.pressure();
      failPoint("copy.entry-sent");
    }
    writer.end();
  } catch (error) {
    helper.kill();
    await helper.ended.catch(() => undefined);
    throw error;
  }
  failPoint("copy.sent");
  const outcome = await helper.ended;
  if (outcome.status !== 0 || !outcome.records.some(({ op }) => op === "done")) throw new TreeRefusal(outcome);
  return { bytes: writer.bytes };
}

/** Gives entries other names; undefined leaves one out, with its contents. */
export async function* renameEntries(
  pieces: AsyncIterable<TreePiece>,
  rename: (record: LayerRecord) => LayerRecord | undefined,
): AsyncGenerator<TreePiece> {
  let dropped = false;
  for await (const piece of pieces) {
    if (piece.kind === "content") {
      if (!dropped) yield piece;
      continue;
    }
    const record = rename(piece.record);
    dropped = record === undefined;
    if (record !== undefined) yield { ...piece, record };
  }
}
