import { EngineError } from "../base/index.ts";
import type { ByteString } from "./byteString.ts";
import type { HelperStream } from "./helperStream.ts";
import { encodeLayerRecord, encodeSeal, endOfLayer, type LayerRecord } from "./layerRecord.ts";

/** What directories may need until the end, far above real ones. */
const sealBytes = 128 * 1024 ** 2;

/**
 * Writes the records of one tree to the helper. What is made in a directory changes its time stamp and inherits its
 * default ACL, so directories get their metadata after everything else.
 */
export class RecordWriter {
  readonly #stream: HelperStream;
  readonly #seals = new Map<ByteString, ByteString>();
  #sealBytes = 0;
  #entries = 0;
  #bytes = 0;

  constructor(stream: HelperStream) {
    this.#stream = stream;
  }

  /** How many records were written so far. */
  get entries(): number {
    return this.#entries;
  }

  /** How many bytes of contents their files have. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws EngineError `limitExceeded` when the directories are too many. */
  record(record: LayerRecord): void {
    this.#stream.text(encodeLayerRecord(record));
    this.#entries++;
    if (record.op === "file") this.#bytes += record.size;
    if (record.op === "whiteout" || record.op === "opaque") return; // a directory stays what it is
    this.#seals.delete(record.path); // what comes last counts
    if (record.op !== "dir") return;
    const seal = encodeSeal(record.path, record.metadata);
    this.#sealBytes += seal.length;
    if (this.#sealBytes > sealBytes) {
      throw new EngineError(
        "limitExceeded",
        `cannot unpack the archive: its directories need more than ${sealBytes} bytes`,
      );
    }
    this.#seals.set(record.path, seal);
  }

  /** Seals the directories and ends the stream. */
  end(): void {
    for (const seal of this.#seals.values()) this.#stream.text(seal);
    this.#stream.text(endOfLayer);
    this.#stream.end();
  }
}
