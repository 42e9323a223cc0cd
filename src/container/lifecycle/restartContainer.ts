import { EngineError } from "../../base/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { observeContainer } from "../state/runningContainer.ts";
import { startByName } from "./startContainer.ts";
import { type StopRequest, stopContainer } from "./stopContainer.ts";

/**
 * Stops a container, if it runs, and starts it again.
 *
 * @throws EngineError `wrongState` for one that its end would remove, and as `stopContainer` and `startByName`.
 */
export async function restartContainer(request: StopRequest, context: EngineContext): Promise<void> {
  const { record, state } = observeContainer(context, request.nameOrId);
  if (record.remove && state.status !== "created") {
    throw new EngineError(
      "wrongState",
      `cannot restart container ${request.nameOrId}: it is removed at its end (--rm)`,
      {
        hint: `end it with: brig stop ${record.name}, and run it again`,
      },
    );
  }
  await stopContainer(request, context);
  await startByName(request.nameOrId, context);
  await tellContainer(observeContainer(context, request.nameOrId).record, { action: "restart" }, context);
}
