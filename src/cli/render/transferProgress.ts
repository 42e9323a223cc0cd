import type { TextSink } from "../context.ts";
import { formatLayerLine, type LayerLine } from "./layerLine.ts";

/** Shows a transfer of an image to the one who waits for it. */
export interface TransferProgress<Event> {
  show(event: Event): void;
}

/** How the events of a transfer read. */
export interface TransferWords<Event> {
  /** The line of a layer; undefined for an event that is about none. */
  line(event: Event): LayerLine | undefined;
  /** Complete, safe lines for every other event. */
  text(event: Event): string;
}

/** Bytes change more often than eyes can follow. */
const redrawEveryMs = 80;

/** On a terminal one line for each layer that is redrawn in place; elsewhere a line for each change of phase. */
export function showTransfer<Event>(
  words: TransferWords<Event>,
  sink: TextSink,
  now: () => Date,
): TransferProgress<Event> {
  return sink.isTty ? new LiveTransfer(words, sink, now) : new PlainTransfer(words, sink);
}

class PlainTransfer<Event> implements TransferProgress<Event> {
  readonly #transfer: TransferWords<Event>;
  readonly #sink: TextSink;
  readonly #phases = new Map<string, string>();

  constructor(transfer: TransferWords<Event>, sink: TextSink) {
    this.#transfer = transfer;
    this.#sink = sink;
  }

  show(event: Event): void {
    const line = this.#transfer.line(event);
    if (line === undefined) {
      this.#sink.write(this.#transfer.text(event));
      return;
    }
    if (this.#phases.get(line.digest) === line.words) return;
    this.#phases.set(line.digest, line.words);
    this.#sink.write(`${formatLayerLine({ ...line, current: 0, total: 0 }, Number.POSITIVE_INFINITY)}\n`);
  }
}

class LiveTransfer<Event> implements TransferProgress<Event> {
  readonly #transfer: TransferWords<Event>;
  readonly #sink: TextSink;
  readonly #now: () => Date;
  #layers = new Map<string, LayerLine>();
  /** How many lines above the cursor belong to layers, and for which width they were drawn. */
  #drawn = 0;
  #columns = 0;
  #lastDrawMs = Number.NEGATIVE_INFINITY;

  constructor(transfer: TransferWords<Event>, sink: TextSink, now: () => Date) {
    this.#transfer = transfer;
    this.#sink = sink;
    this.#now = now;
  }

  show(event: Event): void {
    const line = this.#transfer.line(event);
    if (line === undefined) {
      this.#draw();
      this.#sink.write(this.#transfer.text(event));
      this.#layers = new Map();
      this.#drawn = 0;
      return;
    }
    const before = this.#layers.get(line.digest);
    this.#layers.set(line.digest, line);
    const nowMs = this.#now().getTime();
    if (before?.words === line.words && nowMs - this.#lastDrawMs < redrawEveryMs) return;
    this.#lastDrawMs = nowMs;
    this.#draw();
  }

  /** One write for the whole block: up to its first line, then each line anew. */
  #draw(): void {
    if (this.#layers.size === 0) return;
    const columns = this.#sink.columns();
    // A terminal that got narrower has wrapped what was there: the block begins again below it.
    const up = columns < this.#columns ? 0 : this.#drawn;
    const lines = this.#visible().map((layer) => `\x1b[2K${formatLayerLine(layer, columns - 1)}\n`);
    this.#sink.write((up > 0 ? `\x1b[${up}A\r` : "") + lines.join(""));
    this.#drawn = lines.length;
    this.#columns = columns;
  }

  /** A block that is higher than the terminal could not be redrawn: the unfinished layers are shown first. */
  #visible(): readonly LayerLine[] {
    const all = [...this.#layers.values()];
    const room = Math.max(1, this.#sink.rows() - 1);
    if (all.length <= room) return all;
    const open = all.filter(({ isOver }) => !isOver);
    const closed = all.filter((layer) => !open.includes(layer));
    return [...open, ...closed].slice(0, Math.max(room, this.#drawn));
  }
}
