import { instantToMs } from "../options/timeFlag.ts";
import { readEntries, syncJournal } from "./journalEntries.ts";
import { endsLine, JournalText, type JournalTextRequest, lineFields, streamOf, timeOf } from "./journalText.ts";
import type { LogPiece } from "./logText.ts";

export interface JournalRequest extends JournalTextRequest {
  readonly id: string;
  /** Only so many lines from the end; all when left out. */
  readonly tail?: number;
  readonly follow?: boolean;
  readonly isOver: () => boolean;
  readonly signal?: AbortSignal;
}

/** How often a follower asks whether the container has ended. */
const lookMs = 300;

/**
 * Reads a container's log back from the journal. A follower ends when the container has and the journal has written
 * down what it was sent.
 *
 * @throws EngineError as `readEntries`.
 */
export async function* readJournal(request: JournalRequest): AsyncGenerator<LogPiece> {
  const { follow = false, isOver, signal } = request;
  const reading = new Reading(request, await findTail(request));
  for (;;) {
    const over = !follow || reading.over || isOver();
    if (over && follow) await syncJournal();
    yield* reading.pass([], signal);
    if (over || reading.over || signal?.aborted === true) return;
    yield* followOn(reading, request);
  }
}

/** What is written from now on, until the container or its reader has ended. */
async function* followOn(reading: Reading, { isOver, until, signal }: JournalRequest): AsyncGenerator<LogPiece> {
  const ended = new AbortController();
  const endMs = until === undefined ? Number.POSITIVE_INFINITY : instantToMs(until);
  const look = setInterval(() => {
    if (Date.now() > endMs || isOver()) ended.abort();
  }, lookMs);
  try {
    const either = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
    yield* reading.pass(["--follow", "--no-tail"], either);
    if (Date.now() > endMs) reading.over = true;
  } finally {
    clearInterval(look);
  }
}

/** Passes over the journal, each from where the one before it ended. */
class Reading {
  readonly #request: JournalRequest;
  readonly #text: JournalText;
  #from: readonly string[];
  over = false;

  constructor(request: JournalRequest, from: readonly string[]) {
    this.#request = request;
    this.#text = new JournalText(request);
    this.#from = from;
  }

  async *pass(argv: readonly string[], signal: AbortSignal | undefined): AsyncGenerator<LogPiece> {
    const fields = ["MESSAGE", ...lineFields, ...this.#request.attributes];
    const stop = signal === undefined ? {} : { signal };
    const from = this.#from.length > 0 ? this.#from : sinceOf(this.#request);
    const all = [...argv, ...from, ...matches(this.#request)];
    for await (const entry of readEntries({ argv: all, fields, ...stop })) {
      const piece = this.#text.read(entry);
      if (this.#text.over) {
        this.over = true;
        return;
      }
      this.#from = [`--after-cursor=${String(entry.get("__CURSOR"))}`];
      if (piece !== undefined) yield piece;
    }
  }
}

/** Entries of another user could claim to be the container's. */
function matches({ id }: JournalRequest): readonly string[] {
  return [`CONTAINER_ID_FULL=${id}`, "_UID=0"];
}

/** What was written since a moment reached the journal after it. journalctl takes this or a cursor. */
function sinceOf({ since }: JournalRequest): readonly string[] {
  return since === undefined ? [] : [`--since=@${Math.floor(instantToMs(since) / 1000)}`];
}

/** Where the last lines begin, as options of journalctl; found by reading backwards. */
async function findTail(request: JournalRequest): Promise<readonly string[]> {
  const { tail, since, until, signal } = request;
  if (tail === undefined) return [];
  const open = { stdout: false, stderr: false };
  let count = 0;
  const argv = ["--reverse", ...sinceOf(request), ...matches(request)];
  let from: readonly string[] = [];
  for await (const entry of readEntries({ argv, fields: lineFields, ...(signal === undefined ? {} : { signal }) })) {
    const [time, stream] = [timeOf(entry), streamOf(entry)];
    if (until !== undefined && time > until) continue;
    if (since !== undefined && time < since) break;
    if (endsLine(entry) || !open[stream]) count += 1;
    open[stream] = true;
    const cursor = String(entry.get("__CURSOR"));
    if (count > tail) return from.length > 0 ? from : [`--after-cursor=${cursor}`];
    from = [`--cursor=${cursor}`];
  }
  return from;
}
