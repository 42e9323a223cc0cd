import type { LayerPhase, PullEvent } from "../../image/index.ts";
import type { TextSink } from "../context.ts";
import { formatLayerLine, type LayerLine } from "./layerLine.ts";
import { sanitizeLine } from "./sanitize.ts";

/** Shows a pull to the one who waits for it. */
export interface PullProgress {
  show(event: PullEvent): void;
}

/** Bytes change more often than eyes can follow. */
const redrawEveryMs = 80;

/** On a terminal one line for each layer that is redrawn in place; elsewhere a line for each change of phase. */
export function showPull(sink: TextSink, now: () => Date): PullProgress {
  return sink.isTty ? new LivePull(sink, now) : new PlainPull(sink);
}

class PlainPull implements PullProgress {
  readonly #sink: TextSink;
  readonly #phases = new Map<string, LayerPhase>();

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  show(event: PullEvent): void {
    if (event.kind !== "layer") {
      this.#sink.write(formatPullEvent(event));
      return;
    }
    if (this.#phases.get(event.digest) === event.phase) return;
    this.#phases.set(event.digest, event.phase);
    this.#sink.write(`${formatLayerLine({ ...event, current: 0, total: 0 }, Number.POSITIVE_INFINITY)}\n`);
  }
}

class LivePull implements PullProgress {
  readonly #sink: TextSink;
  readonly #now: () => Date;
  #layers = new Map<string, LayerLine>();
  /** How many lines above the cursor belong to layers, and for which width they were drawn. */
  #drawn = 0;
  #columns = 0;
  #lastDrawMs = Number.NEGATIVE_INFINITY;

  constructor(sink: TextSink, now: () => Date) {
    this.#sink = sink;
    this.#now = now;
  }

  show(event: PullEvent): void {
    if (event.kind !== "layer") {
      this.#draw();
      this.#sink.write(formatPullEvent(event));
      this.#layers = new Map();
      this.#drawn = 0;
      return;
    }
    const before = this.#layers.get(event.digest);
    this.#layers.set(event.digest, event);
    const nowMs = this.#now().getTime();
    if (before?.phase === event.phase && nowMs - this.#lastDrawMs < redrawEveryMs) return;
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
    const open = all.filter(({ phase }) => phase !== "done" && phase !== "exists");
    const closed = all.filter((layer) => !open.includes(layer));
    return [...open, ...closed].slice(0, Math.max(room, this.#drawn));
  }
}

/** The lines of a pull that are no layers, as `docker pull` prints them. */
function formatPullEvent(event: Exclude<PullEvent, { kind: "layer" }>): string {
  switch (event.kind) {
    case "resolved": {
      const { tag, repository } = splitReference(event.reference);
      return sanitizeEnd(`${tag}: Pulling from ${repository}`);
    }
    case "notice":
      return sanitizeEnd(event.message);
    case "done": {
      const what = event.upToDate ? "Image is up to date for" : "Downloaded newer image for";
      return sanitizeEnd(`Digest: ${event.digest}`) + sanitizeEnd(`Status: ${what} ${familiar(event.reference)}`);
    }
  }
}

function sanitizeEnd(line: string): string {
  return `${sanitizeLine(line)}\n`;
}

/** `docker.io/library/alpine:3.20` is spoken of as `3.20` of `library/alpine`. */
function splitReference(reference: string): { readonly tag: string; readonly repository: string } {
  const at = reference.indexOf("@");
  const name = at === -1 ? reference : reference.slice(0, at);
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  const full = colon === -1 ? name : name.slice(0, colon);
  const tag = colon === -1 ? "latest" : name.slice(colon + 1);
  return { tag: at === -1 ? tag : reference.slice(at + 1), repository: full.replace(/^docker\.io\//, "") };
}

function familiar(reference: string): string {
  return reference.replace(/^docker\.io\/(library\/)?/, "");
}
