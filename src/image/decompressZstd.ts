import { ZSTDDecoder } from "zstddec/stream";
import { DamagedStream } from "./decompress.ts";

/**
 * The decoder reports no errors: after one it yields nothing, without end. So many empty turns in a row on the same
 * input happen only then; empty and skippable frames make one each.
 */
const maximumEmptyTurns = 64;

/**
 * The content of a series of zstd frames. The decoder is the reference implementation as WebAssembly, which refuses
 * windows over 128 MiB by itself.
 *
 * It pulls its input synchronously, so it is only turned while the next input, or the end, is at hand: the rest of
 * one chunk comes out when the following one has arrived.
 */
export async function* decompressZstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
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
