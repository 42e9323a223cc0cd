import { EngineError } from "../../base/index.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readLiveState, type StatePlaces } from "../state/liveState.ts";
import { findContainer } from "../state/removeContainer.ts";
import type { LogPiece, LogTextRequest } from "./logText.ts";
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
 * @throws EngineError `containerNotFound`, `notOffered` with Docker's sentence when the container keeps no log.
 */
export async function* containerLogs(request: LogsRequest, places: StatePlaces): AsyncGenerator<LogPiece> {
  const id = findContainer(places.root, request.nameOrId);
  const paths = containerPaths(places.root, id);
  if (readContainerOptions(paths.options).logDriver === "none") {
    throw new EngineError("notOffered", "configured logging driver does not support reading", {
      hint: "it was made with --log-driver none; brig attach shows what it writes from then on",
    });
  }
  const isOver = (): boolean => {
    const { status } = readLiveState({ ...places, id });
    return status !== "running" && status !== "paused" && status !== "restarting";
  };
  yield* readLogs({ ...request, directory: paths.directory, isOver });
}
