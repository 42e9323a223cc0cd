import { EngineError } from "../base/index.ts";
import { type ByteString, quoteName } from "./byteString.ts";
import { entryLimits, type LayerLimits } from "./layerLimits.ts";
import { parsePaxRecords } from "./paxRecords.ts";
import type { TarEntry } from "./tarEntry.ts";
import { blockSize, isZeroBlock, parseTarHeader, type TarHeader } from "./tarHeader.ts";
import { type ExtendedNames, mergeEntry } from "./tarMerge.ts";

export interface TarConsumer {
  /** A member of the archive; its content follows before the next one. */
  entry(entry: TarEntry): void;
  /** The next bytes of the content: a view of the chunk given to `feed`, never a copy. */
  content(bytes: Buffer): void;
}

type Extension = "x" | "g" | "L" | "K";
type State = "header" | "extension" | "content" | "padding" | "end";

const nothing: ReadonlyMap<ByteString, Buffer> = new Map();

/**
 * Reads a tar archive as its bytes arrive (ustar, GNU long names, PAX) and hands every member to the consumer, without
 * waiting for anything and without copying contents. Everything is bounded: see LayerLimits and entryLimits.
 *
 * `feed` and `finish` throw EngineError `malformedLayer` or `limitExceeded`, naming the entry, and whatever the
 * consumer throws; the reader is of no use afterwards. What follows the end mark is ignored.
 */
export class TarReader {
  readonly #consumer: TarConsumer;
  readonly #limits: LayerLimits;
  readonly #what: string;
  readonly #block = Buffer.alloc(blockSize);
  #blockFill = 0;
  #state: State = "header";
  /** Bytes of the current content or extension that are still to come, and of the padding behind it. */
  #left = 0;
  #padding = 0;
  #extension: Extension = "x";
  #extensionBytes = Buffer.alloc(0);
  #pax: ReadonlyMap<ByteString, Buffer> = nothing;
  #longNames: ExtendedNames = {};
  #zeroBlocks = 0;
  #bytes = 0;
  #declaredBytes = 0;
  #entries = 0;
  #lastName: ByteString = "";

  /** `what` names the archive in messages. */
  constructor(consumer: TarConsumer, limits: LayerLimits, what = "layer archive") {
    this.#consumer = consumer;
    this.#limits = limits;
    this.#what = what;
  }

  /** Whether the end mark was read. */
  get isAtEnd(): boolean {
    return this.#state === "end";
  }

  /**
   * Goes on as if the content of the entry that was given last had been fed, and the padding behind it. Returns how many
   * bytes these are; 0 where no content follows.
   */
  passContent(): number {
    if (this.#state !== "content") return 0;
    const passed = this.#left + this.#padding;
    this.#bytes += passed;
    this.#state = "header";
    return passed;
  }

  /** Takes the next bytes of the archive, in any division. */
  feed(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limits.totalBytes) throw this.#tooLarge();
    for (let at = 0; at < bytes.length && this.#state !== "end"; ) at += this.#step(bytes, at);
  }

  /** The archive is over. An end without end mark is fine, as other readers have it, but not one in the middle. */
  finish(): void {
    const between = this.#state === "header" && this.#blockFill === 0 && this.#pax === nothing;
    if (
      this.#state === "end" ||
      (between && this.#longNames.path === undefined && this.#longNames.linkPath === undefined)
    )
      return;
    throw new EngineError("malformedLayer", `the ${this.#what} ends in the middle of ${this.#place()}`);
  }

  /** Uses some of the bytes from `at`; returns how many. */
  #step(bytes: Buffer, at: number): number {
    if (this.#state === "header") return this.#takeHeader(bytes, at);
    const part = bytes.subarray(at, at + (this.#state === "padding" ? this.#padding : this.#left));
    if (this.#state === "padding") {
      this.#padding -= part.length;
      if (this.#padding === 0) this.#state = "header";
      return part.length;
    }
    this.#left -= part.length;
    if (this.#state === "content") this.#consumer.content(part);
    else part.copy(this.#extensionBytes, this.#extensionBytes.length - this.#left - part.length);
    if (this.#left === 0) this.#endOfData();
    return part.length;
  }

  #endOfData(): void {
    const wasExtension = this.#state === "extension";
    this.#state = this.#padding > 0 ? "padding" : "header";
    if (wasExtension) this.#takeExtension();
  }

  #takeHeader(bytes: Buffer, at: number): number {
    if (this.#blockFill === 0 && bytes.length - at >= blockSize) {
      this.#readHeader(bytes.subarray(at, at + blockSize));
      return blockSize;
    }
    const copied = bytes.copy(this.#block, this.#blockFill, at, at + blockSize - this.#blockFill);
    this.#blockFill += copied;
    if (this.#blockFill === blockSize) {
      this.#blockFill = 0;
      this.#readHeader(this.#block);
    }
    return copied;
  }

  #readHeader(block: Buffer): void {
    if (block[0] === 0 && isZeroBlock(block)) {
      this.#zeroBlocks += 1;
      if (this.#zeroBlocks === 2) this.#state = "end";
      return;
    }
    const header = this.#zeroBlocks > 0 ? undefined : parseTarHeader(block);
    if (header === undefined) throw this.#malformed("a header block is damaged");
    this.#lastName = this.#longNames.path ?? header.name;
    if (isExtension(header.flag)) this.#beginExtension(header.flag, header);
    else this.#beginEntry(header);
  }

  #beginExtension(flag: Extension, header: TarHeader): void {
    const size = header.size ?? -1;
    if (size < 0) throw this.#malformed("the size of an extended header is not a number");
    if (size > entryLimits.extensionBytes) {
      throw this.#beyond(`an extended header of ${size} bytes; the limit is ${entryLimits.extensionBytes}`);
    }
    this.#extension = flag;
    this.#extensionBytes = Buffer.alloc(size);
    this.#beginData("extension", size);
    if (size === 0) this.#takeExtension();
  }

  #beginData(state: "content" | "extension", size: number): void {
    this.#left = size;
    this.#padding = (blockSize - (size % blockSize)) % blockSize;
    this.#state = size > 0 ? state : "header";
  }

  #takeExtension(): void {
    const bytes = this.#extensionBytes;
    if (this.#extension === "L" || this.#extension === "K") {
      const nul = bytes.indexOf(0);
      const name = bytes.toString("latin1", 0, nul < 0 ? bytes.length : nul);
      this.#longNames = { ...this.#longNames, [this.#extension === "L" ? "path" : "linkPath"]: name };
      return;
    }
    const records = parsePaxRecords(bytes);
    if (records === undefined) throw this.#malformed("an extended header is malformed");
    // Global records ("g") change nothing, because no engine that reads layers applies them.
    if (this.#extension === "x") this.#pax = records;
  }

  #beginEntry(header: TarHeader): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) throw this.#beyond(`more than ${this.#limits.entries} entries`);
    const entry = mergeEntry(header, this.#pax, this.#longNames);
    this.#pax = nothing;
    this.#longNames = {};
    this.#lastName = entry.path;
    this.#declaredBytes += entry.size;
    if (this.#declaredBytes > this.#limits.totalBytes) throw this.#tooLarge();
    this.#beginData("content", entry.size);
    this.#consumer.entry(entry);
  }

  #place(): string {
    return this.#lastName === "" ? `the header at byte ${this.#bytes}` : `entry ${quoteName(this.#lastName)}`;
  }

  #malformed(what: string): EngineError {
    return new EngineError("malformedLayer", `cannot read the ${this.#what} at or after ${this.#place()}: ${what}`);
  }

  #beyond(what: string): EngineError {
    return new EngineError("limitExceeded", `cannot read the ${this.#what} at or after ${this.#place()}: ${what}`);
  }

  #tooLarge(): EngineError {
    return this.#beyond(`the ${this.#what} is larger than ${this.#limits.totalBytes} bytes`);
  }
}

function isExtension(flag: ByteString): flag is Extension {
  return flag === "x" || flag === "g" || flag === "L" || flag === "K";
}
