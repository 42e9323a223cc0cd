import { tellContainer } from "../events/tellContainer.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { observeContainer } from "../state/runningContainer.ts";
import { startByName } from "./startContainer.ts";
import { type StopRequest, stopContainer } from "./stopContainer.ts";

/**
 * Stops a container, if it runs, and starts it again.
 *
 * @throws EngineError as `stopContainer` and `startByName`.
 */
export async function restartContainer(request: StopRequest, context: EngineContext): Promise<void> {
  await stopContainer(request, context);
  await startByName(request.nameOrId, context);
  await tellContainer(observeContainer(context, request.nameOrId).record, { action: "restart" }, context);
}
