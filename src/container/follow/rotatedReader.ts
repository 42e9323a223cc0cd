import { closeAll, openNewer, openRotated, type RotatedFile, type RotatedName } from "./rotatedFiles.ts";

/** How much is read at once; also the longest record that there can be. */
const bufferBytes = 1024 * 1024;

/**
 * Reads a rotated log from a place on, one file after the other, by what the files are and not by their names: a file
 * that is renamed while it is read is read to its end, and then the one that followed it. The memory is one buffer.
 */
export class RotatedReader {
  readonly #place: RotatedName;
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);
  /** Those that are left, the current one first. */
  #files: RotatedFile[];
  #position = 0;
  #start = 0;
  #end = 0;

  /** Takes over the files, the oldest first, which are closed with `close`. */
  constructor(place: RotatedName, files: readonly RotatedFile[]) {
    this.#place = place;
    this.#files = [...files];
  }

  /** Passes over some of the files and the beginning of the next. To be called before anything is read. */
  async begin(skipped: number, position: number): Promise<void> {
    await closeAll(this.#files.splice(0, skipped));
    this.#position = position;
  }

  /** What was read and not dropped yet; valid until the next `fill`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Done with the first `count` bytes. */
  drop(count: number): void {
    this.#start += count;
  }

  /**
   * Reads on. Returns false when there is nothing more at this moment; what the file's end left unfinished is kept while
   * it is the newest, since it may still grow.
   */
  async fill(): Promise<boolean> {
    for (;;) {
      if ((await this.#readCurrent()) > 0) return true;
      const isFirst = this.#files.length === 0;
      if (this.#files.length < 2 && !(await this.#findNewer())) return false;
      if (isFirst) continue;
      // It may have grown between the end that was seen and its being put aside.
      if ((await this.#readCurrent()) > 0) return true;
      await this.#files.shift()?.handle.close();
      this.#position = this.#start = this.#end = 0;
    }
  }

  async close(): Promise<void> {
    await closeAll(this.#files.splice(0));
  }

  async #readCurrent(): Promise<number> {
    const [file] = this.#files;
    if (file === undefined) return 0;
    this.#makeRoom();
    const { bytesRead } = await file.handle.read(this.#buffer, this.#end, bufferBytes - this.#end, this.#position);
    this.#position += bytesRead;
    this.#end += bytesRead;
    return bytesRead;
  }

  /** Moves the unfinished record to the front; one that fills the buffer is none of ours and is forgotten. */
  #makeRoom(): void {
    if (this.#end - this.#start === bufferBytes) this.#start = this.#end;
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  async #findNewer(): Promise<boolean> {
    const [current] = this.#files;
    if (current !== undefined && (await this.#shrank(current))) return false;
    const newer = await (current === undefined ? openRotated(this.#place) : openNewer(this.#place, current));
    this.#files.push(...newer);
    return newer.length > 0;
  }

  /** Somebody emptied the file to save space: it is read again from its beginning. */
  async #shrank({ handle }: RotatedFile): Promise<boolean> {
    const { size } = await handle.stat();
    if (size >= this.#position) return false;
    this.#position = this.#start = this.#end = 0;
    return true;
  }
}
