import { EngineError } from "../../base/index.ts";
import { type AdoptionPlaces, findLost, tend } from "../lifecycle/adoptContainer.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readLiveState } from "../state/liveState.ts";
import { findContainer } from "../state/removeContainer.ts";
import type { LogPiece, LogTextRequest } from "./logText.ts";
import { journalAttributes } from "./planJournald.ts";
import { keepsFile } from "./planLog.ts";
import { readLogs } from "./readLogs.ts";

export interface LogsRequest extends LogTextRequest {
  readonly nameOrId: string;
  /** Only so many lines from the end; all when left out. */
  readonly tail?: number;
  /** Wait for what the container writes until it has ended for good. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * What a container wrote, piece by piece; the bytes of a piece are valid until the next one is asked for.
 *
 * @throws EngineError `containerNotFound`, `notOffered` with Docker's sentence when the container keeps no log or its
 * driver has no reader, `fileSystem` when the log or the journal cannot be read.
 */
export async function* containerLogs(request: LogsRequest, places: AdoptionPlaces): AsyncGenerator<LogPiece> {
  const id = findContainer(places.root, request.nameOrId);
  await tend(id, places);
  const paths = containerPaths(places.root, id);
  const { logDriver, logOptions } = readContainerOptions(paths.options);
  let tending = false; // what it writes goes nowhere until it has a monitor again
  const isOver = (): boolean => {
    const { status } = readLiveState({ ...places, id });
    if (!tending && findLost({ ...places, id }) !== undefined) {
      tending = true;
      void tend(id, places).finally(() => {
        tending = false;
      });
    }
    return !tending && status !== "running" && status !== "paused" && status !== "restarting";
  };
  if (keepsFile(logDriver)) return yield* readLogs({ ...request, directory: paths.directory, isOver });
  if (logDriver !== "journald") {
    throw new EngineError("notOffered", "configured logging driver does not support reading", {
      hint: `it was made with --log-driver ${logDriver}; brig attach shows what it writes from then on`,
    });
  }
  const { readJournal } = await import("./readJournal.ts");
  yield* readJournal({ ...request, id, attributes: journalAttributes(logOptions), isOver });
}
