import { encodeRecord } from "../../launch/index.ts";

/** A part of what a frame carries; a frame may come in several parts. */
export interface FramePart {
  readonly type: number;
  readonly bytes: Uint8Array;
}

export const frameTypes = { stdin: 0, stdout: 1, stderr: 2, record: 3 } as const;

/** Whether a record of a monitor says that it has as many connections as it can have (native/clients.c). */
export function saysFull(record: Uint8Array): boolean {
  return Buffer.from(record).toString("latin1").startsWith("full\0");
}

/** The same of its first frame. */
export function isRefusal(bytes: Uint8Array): boolean {
  return bytes[0] === frameTypes.record && saysFull(bytes.subarray(headerBytes));
}

const headerBytes = 8;
/** The monitor takes no larger ones (native/monitor.h, INPUT_MAX). */
const mostInputBytes = 4096;

/**
 * Takes apart what a monitor sends: frames with Docker's header of a type, three zeros and the size in network order.
 * Nothing but an unfinished header is kept, whatever size a header claims.
 */
export class FrameReader {
  readonly #header = Buffer.alloc(headerBytes);
  #headerSize = 0;
  #left = 0;

  *read(chunk: Uint8Array): Generator<FramePart> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) {
        at += this.#takeHeader(chunk.subarray(at));
        continue;
      }
      const bytes = chunk.subarray(at, at + this.#left);
      at += bytes.length;
      this.#left -= bytes.length;
      yield { type: this.#header[0] ?? 0, bytes };
    }
  }

  /** Returns how many bytes it took. */
  #takeHeader(bytes: Uint8Array): number {
    const part = bytes.subarray(0, headerBytes - this.#headerSize);
    this.#header.set(part, this.#headerSize);
    this.#headerSize += part.length;
    if (this.#headerSize === headerBytes) {
      this.#left = this.#header.readUInt32BE(4);
      this.#headerSize = 0;
    }
    return part.length;
  }
}

/** What the payload shall read, as frames of a size that the monitor takes; no bytes are the end of its input. */
export function encodeInput(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += mostInputBytes) {
    const part = bytes.subarray(at, at + mostInputBytes);
    parts.push(frameHeader(frameTypes.stdin, part.length), part);
  }
  return Buffer.concat(parts);
}

export function encodeRequest(op: string, fields: Readonly<Record<string, number>>): Buffer {
  const body = encodeRecord(op, fields);
  return Buffer.concat([frameHeader(frameTypes.record, body.length), body]);
}

function frameHeader(type: number, size: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header[0] = type;
  header.writeUInt32BE(size, 4);
  return header;
}
