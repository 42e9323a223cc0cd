import { watchChanges } from "../follow/changeWatch.ts";
import { openRotated } from "../follow/rotatedFiles.ts";
import { RotatedReader } from "../follow/rotatedReader.ts";
import { type Instant, instantToMs } from "../options/timeFlag.ts";
import { eventsFile } from "./appendEvent.ts";
import { type EventFilters, passesEventFilters } from "./eventFilters.ts";
import { type EngineEvent, parseEventLine } from "./eventRecord.ts";

export interface EventsRequest {
  /** Begin with what happened from then on; with what happens after the call when left out. */
  readonly since?: Instant;
  /** End at this time; without it only the signal ends the stream. */
  readonly until?: Instant;
  readonly filters?: EventFilters;
  readonly signal?: AbortSignal;
}

const longestPauseMs = 500;

/**
 * What happens to containers, images and volumes of this data root, whoever causes it, in the order in which it was
 * written down. The stream goes on across the rotation of the log.
 *
 * @throws EngineError `fileSystem`, `invalidValue` for an unknown filter.
 */
export async function* readEvents(root: string, request: EventsRequest): AsyncGenerator<EngineEvent> {
  const { since, until, signal } = request;
  const place = { directory: root, name: eventsFile };
  const files = await openRotated(place);
  const reader = new RotatedReader(place, files);
  const watch = watchChanges(root, signal);
  const endMs = until === undefined ? Number.POSITIVE_INFINITY : instantToMs(until);
  try {
    if (since === undefined) await reader.begin(Math.max(0, files.length - 1), files.at(-1)?.sizeBytes ?? 0);
    for (;;) {
      const over = isAborted(signal) || Date.now() > endMs;
      for await (const event of readThrough(reader)) {
        if (until !== undefined && event.time > until) return;
        if (isWanted(event, request)) yield event;
      }
      if (over || isAborted(signal)) return;
      await watch.wait(Math.min(longestPauseMs, Math.max(1, endMs - Date.now() + 1)));
    }
  } finally {
    watch.close();
    await reader.close();
  }
}

/** Asked anew each time: it changes while others wait. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function isWanted(event: EngineEvent, { since, filters }: EventsRequest): boolean {
  if (since !== undefined && event.time < since) return false;
  return filters === undefined || passesEventFilters(event, filters);
}

/** The whole lines that are there. */
async function* readThrough(reader: RotatedReader): AsyncGenerator<EngineEvent> {
  while (await reader.fill()) {
    const { bytes } = reader;
    const end = bytes.lastIndexOf(0x0a) + 1;
    const lines = bytes.toString("utf8", 0, end).split("\n");
    reader.drop(end);
    for (const line of lines) {
      const event = line === "" ? undefined : parseEventLine(line);
      if (event !== undefined) yield event;
    }
  }
}
