import { Readable } from "node:stream";
import { DamagedStream } from "./decompress.ts";
import { type ZstdDecoder, zstdLibrary } from "./zstdLibrary.ts";

/**
 * The WebAssembly decoder reports no errors: after one it yields nothing, without end. So many empty turns in a row on the same
 * input happen only then; empty and skippable frames make one each.
 */
const maximumEmptyTurns = 64;

const chunkBytes = 512 * 1024;
/** Chunks that are decompressed while the consumer is busy with earlier ones. */
const chunksAhead = 4;

/**
 * The content of a series of zstd frames, with windows of at most 128 MiB: by the host's libzstd, or else by the same
 * implementation as WebAssembly.
 *
 * @throws DamagedStream.
 */
export async function decompressZstd(source: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const openDecoder = await zstdLibrary();
  if (openDecoder === undefined) return decodeInWebAssembly(source);
  return Readable.from(decodeWith(openDecoder(), source), { highWaterMark: chunksAhead });
}

async function* decodeWith(decoder: ZstdDecoder, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isWhole = false;
  try {
    for await (const input of source) {
      let isFull = false;
      for (let start = 0; start < input.length || isFull; ) {
        // Not of Node's pool, pieces of which are other people's.
        const output = Buffer.allocUnsafeSlow(chunkBytes);
        const { produced, consumed, frameRest } = await decode(decoder, output, { input, start });
        start += consumed;
        isFull = produced === output.length;
        isWhole = frameRest === 0;
        if (produced > 0) yield output.subarray(0, produced);
      }
    }
  } finally {
    decoder.free();
  }
  if (!isWhole) throw new DamagedStream("it ends within a frame");
}

async function decode(
  decoder: ZstdDecoder,
  output: Uint8Array,
  { input, start }: { readonly input: Uint8Array; readonly start: number },
) {
  try {
    return await decoder.decode(output, input, start);
  } catch (error) {
    throw new DamagedStream("libzstd refuses it", { cause: error });
  }
}

/**
 * The decoder refuses windows over 128 MiB by itself. It pulls its input synchronously, so it is only turned while the next
 * input, or the end, is at hand: the rest of one chunk comes out when the following one has arrived.
 */
export async function* decodeInWebAssembly(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { ZSTDDecoder } = await import("zstddec/stream");
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const input = new Mailbox();
  const turns = decoder.decodeStreaming(input);
  for await (const chunk of source) {
    if (chunk.length === 0) continue;
    input.offer(chunk);
    yield* turnWhile(turns, () => input.isFull);
  }
  input.close();
  yield* turnWhile(turns, () => true);
}

function* turnWhile(turns: Generator<Uint8Array>, isWanted: () => boolean): Generator<Uint8Array> {
  for (let empty = 0; isWanted(); ) {
    const turn = nextTurn(turns);
    if (turn === undefined) return;
    empty = turn.length === 0 ? empty + 1 : 0;
    if (empty > maximumEmptyTurns) throw new DamagedStream("damaged, or a window of more than 128 MiB");
    if (turn.length > 0) yield turn;
  }
}

function nextTurn(turns: Generator<Uint8Array>): Uint8Array | undefined {
  try {
    const turn = turns.next();
    return turn.done ? undefined : turn.value;
  } catch (error) {
    throw new DamagedStream("the decoder gave up", { cause: error });
  }
}

/** Room for one chunk that the decoder takes when it wants it. */
class Mailbox implements Iterable<Uint8Array> {
  #chunk: Uint8Array | undefined;
  #closed = false;

  get isFull(): boolean {
    return this.#chunk !== undefined;
  }

  offer(chunk: Uint8Array): void {
    this.#chunk = chunk;
  }

  close(): void {
    this.#closed = true;
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    while (!this.#closed || this.#chunk !== undefined) {
      const chunk = this.#chunk;
      if (chunk === undefined) throw new Error("the decoder was turned without input at hand");
      this.#chunk = undefined;
      yield chunk;
    }
  }
}
