import { EngineError } from "../../base/index.ts";
import { printable } from "../options/singleLine.ts";
import { type Journalctl, startJournalctl } from "./journalctl.ts";

/** One entry of the journal as `journalctl --output=json` prints it (journalctl(1)); values are strings or bytes. */
export type JournalEntry = ReadonlyMap<string, unknown>;

export interface EntriesRequest {
  /** Options of journalctl besides those of the output; matches come last. */
  readonly argv: readonly string[];
  readonly fields: readonly string[];
  /** Ends the reading at once. */
  readonly signal?: AbortSignal;
}

/** No entry of ours is longer, even where each byte of a message is written as a number. */
const mostLineBytes = 1024 * 1024;

/**
 * Reads entries through journalctl(1), whose process ends with the generator.
 *
 * @throws EngineError `notOffered` where there is no journalctl, `fileSystem` when it fails.
 */
export async function* readEntries({ argv, fields, signal }: EntriesRequest): AsyncGenerator<JournalEntry> {
  const child = startJournalctl([
    "--quiet",
    "--no-pager",
    "--all",
    "--output=json",
    `--output-fields=${fields}`,
    ...argv,
  ]);
  const stop = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", stop);
  if (signal?.aborted === true) stop();
  try {
    for await (const line of readLines(child)) {
      const entry = parseEntry(line);
      if (entry !== undefined) yield entry;
    }
    const { code, said } = await child.ended;
    if (code === 0 || signal?.aborted === true) return;
    throw new EngineError("fileSystem", `cannot read the journal: journalctl ended with ${code}: ${printable(said)}`);
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** Waits until the journal has written down what it was sent; a journal that does not answer is not waited for long. */
export async function syncJournal(): Promise<void> {
  const child = startJournalctl(["--sync"]);
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await child.ended;
  clearTimeout(timer);
}

/** Lines longer than the bound are none of ours and are passed over. */
async function* readLines({ stdout }: Journalctl): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      pieces.push(chunk.subarray(start, end));
      size += end - start;
      if (size <= mostLineBytes) yield Buffer.concat(pieces).toString();
      start = end + 1;
      pieces = [];
      size = 0;
    }
    size += chunk.length - start;
    if (size <= mostLineBytes) pieces.push(chunk.subarray(start));
  }
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined; // the end of one that was cut short
  }
}
