import { executeNetwork } from "../../launch/index.ts";
import { forgetRemoved, listRemoved, planNetworkDown, type RemovedNetwork } from "../../network/index.ts";
import { readNetworkFacts } from "./networkFacts.ts";
import { networkFailure } from "./networkFailure.ts";

export interface RemovalPlaces {
  readonly root: string;
  readonly helperPath: string;
}

/** Ends the removals of networks that were killed half-way. What cannot be ended is left for `network check` to tell of. */
export async function finishRemovals(places: RemovalPlaces): Promise<void> {
  for (const removed of listRemoved(places.root)) await finishRemoval(removed, places).catch(() => undefined);
}

/** Takes what a hidden network has in the kernel, and then its record. Idempotent. */
export async function finishRemoval(
  { path, record }: RemovedNetwork,
  { helperPath }: Pick<RemovalPlaces, "helperPath">,
): Promise<void> {
  const steps = record === undefined ? [] : planNetworkDown(record, readNetworkFacts());
  const failed = await executeNetwork({ helperPath, steps });
  if (failed !== undefined) throw networkFailure(`remove the network ${record?.name} from the kernel`, failed);
  forgetRemoved(path);
}
