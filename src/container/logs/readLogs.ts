import { watchChanges } from "../follow/changeWatch.ts";
import { openRotated } from "../follow/rotatedFiles.ts";
import { RotatedReader } from "../follow/rotatedReader.ts";
import { instantToMs } from "../options/timeFlag.ts";
import { findSince, findTail, type LogStart } from "./logStart.ts";
import { type LogPiece, LogText, type LogTextRequest } from "./logText.ts";

/** The monitor's name for it (native/log.c). */
export const logFileName = "container-json.log";

export interface LogFilesRequest extends LogTextRequest {
  /** The container's directory. */
  readonly directory: string;
  /** Only so many lines from the end; all when left out. */
  readonly tail?: number;
  /** Wait for more at the end of the log, until `isOver` or the signal says that there will be none. */
  readonly follow?: boolean;
  readonly isOver?: () => boolean;
  readonly signal?: AbortSignal;
}

/**
 * Reads a container's log, from the oldest file to the newest. The memory that it takes does not depend on the log. A
 * follower keeps to the file that it reads while it is rotated away, and ends when the container has.
 *
 * @throws EngineError `fileSystem`.
 */
export async function* readLogs(request: LogFilesRequest): AsyncGenerator<LogPiece> {
  const place = { directory: request.directory, name: logFileName };
  const files = await openRotated(place);
  const reader = new RotatedReader(place, files);
  try {
    const start = await findStart(files, request);
    await reader.begin(start.file, start.position);
    const text = new LogText(request);
    yield* readWhatIsThere(reader, text, request);
    if (request.follow === true) yield* followOn(reader, text, request);
  } finally {
    await reader.close();
  }
}

type Files = Awaited<ReturnType<typeof openRotated>>;

async function findStart(files: Files, { tail, since }: LogFilesRequest): Promise<LogStart> {
  const last = tail === undefined ? { file: 0, position: 0 } : await findTail(files, tail);
  if (since === undefined) return last;
  const first = await findSince(files, since);
  const isLater = first.file > last.file || (first.file === last.file && first.position > last.position);
  return isLater ? first : last;
}

async function* readWhatIsThere(
  reader: RotatedReader,
  text: LogText,
  { signal }: LogFilesRequest,
): AsyncGenerator<LogPiece> {
  while (!text.over && signal?.aborted !== true && (await reader.fill())) {
    const { pieces, consumed } = text.read(reader.bytes);
    reader.drop(consumed);
    yield* pieces;
  }
}

/** Between two looks at what nothing tells us of, the end of the container among it. */
const [shortestPauseMs, longestPauseMs] = [20, 500];

async function* followOn(reader: RotatedReader, text: LogText, request: LogFilesRequest): AsyncGenerator<LogPiece> {
  const { directory, until, isOver, signal } = request;
  const endMs = until === undefined ? Number.POSITIVE_INFINITY : instantToMs(until);
  const watch = watchChanges(directory, signal);
  try {
    for (let pauseMs = shortestPauseMs; ; ) {
      // Asked before the last look: what it wrote until its end is in the log by then.
      const over = text.over || signal?.aborted === true || Date.now() > endMs || isOver?.() === true;
      let found = false;
      for await (const piece of readWhatIsThere(reader, text, request)) {
        found = true;
        yield piece;
      }
      if (over) return;
      pauseMs = found ? shortestPauseMs : Math.min(pauseMs * 2, longestPauseMs);
      await watch.wait(Math.min(pauseMs, Math.max(1, endMs - Date.now())));
    }
  } finally {
    watch.close();
  }
}
