import type { Writable } from "node:stream";

const batchBytes = 256 * 1024;
const copyBelow = 4 * 1024;
const scratchBytes = 64 * 1024;
const highWater = 1024 * 1024;
const lowWater = 256 * 1024;

/**
 * Writes many small pieces and some large ones to the helper in few system calls: small ones are gathered in a buffer,
 * large ones passed on by reference, and both leave together (writev(2)) once enough has come together.
 */
export class HelperStream {
  readonly #stdin: Writable;
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #scratch = Buffer.allocUnsafeSlow(scratchBytes);
  /** The part of the scratch buffer that is filled and not yet in #pieces. */
  #from = 0;
  #to = 0;
  #inFlight = 0;
  #waiting: (() => void) | undefined;

  constructor(stdin: Writable) {
    this.#stdin = stdin;
  }

  /** Appends text of one byte a character. */
  text(text: string): void {
    if (text.length > scratchBytes) {
      this.bytes(Buffer.from(text, "latin1"));
    } else {
      this.#reserve(text.length);
      this.#to += this.#scratch.write(text, this.#to, "latin1");
    }
  }

  /** Appends bytes, which belong to the stream from here on. */
  bytes(bytes: Buffer): void {
    if (bytes.length < copyBelow) {
      this.#reserve(bytes.length);
      this.#to += bytes.copy(this.#scratch, this.#to);
      return;
    }
    this.#seal();
    this.#pieces.push(bytes);
    this.#pieceBytes += bytes.length;
  }

  /** Lets go of full batches. Undefined when more is welcome at once, else a promise of when it is. */
  pressure(): Promise<void> | undefined {
    if (this.#pieceBytes + this.#to - this.#from >= batchBytes) this.#flush();
    if (this.#inFlight < highWater) return undefined;
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Sends what is left and closes the pipe. */
  end(): void {
    this.#flush();
    this.#stdin.end();
  }

  #reserve(bytes: number): void {
    if (this.#to + bytes <= scratchBytes) return;
    this.#seal();
    this.#scratch = Buffer.allocUnsafeSlow(scratchBytes);
    this.#from = 0;
    this.#to = 0;
  }

  #seal(): void {
    if (this.#to === this.#from) return;
    this.#pieces.push(this.#scratch.subarray(this.#from, this.#to));
    this.#pieceBytes += this.#to - this.#from;
    this.#from = this.#to;
  }

  #flush(): void {
    this.#seal();
    const pieces = this.#pieces;
    const bytes = this.#pieceBytes;
    const last = pieces.pop();
    if (last === undefined) return;
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#inFlight += bytes;
    this.#stdin.cork();
    for (const piece of pieces) this.#stdin.write(piece);
    // Also called when the helper is gone: nobody waits for a dead process.
    this.#stdin.write(last, () => this.#written(bytes));
    this.#stdin.uncork();
  }

  #written(bytes: number): void {
    this.#inFlight -= bytes;
    if (this.#inFlight > lowWater) return;
    this.#waiting?.();
    this.#waiting = undefined;
  }
}
