import { writeFileAtomic } from "../../base/index.ts";
import { executeNetwork } from "../../launch/index.ts";
import {
  type ContainerNetwork,
  changePublished,
  listNetworkRecords,
  portDocuments,
  portFiles,
} from "../../network/index.ts";
import { readNetworkFacts } from "../networks/networkFacts.ts";
import { networkFailure } from "../networks/networkFailure.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { runDirectory } from "../state/liveState.ts";
import type { ObservedContainer } from "../state/runningContainer.ts";

export interface Republication {
  readonly observed: ObservedContainer;
  readonly before: ContainerNetwork;
  readonly after: ContainerNetwork;
}

/** Leads the published ports of a running container to the address that they lead to with its networks as they are now. */
export async function republish({ observed, before, after }: Republication, context: EngineContext): Promise<void> {
  const { record, state } = observed;
  if (state.status !== "running" && state.status !== "paused") return;
  const records = listNetworkRecords(context.root); // of those left as well as of those kept
  const steps = changePublished({ before, after, records, facts: readNetworkFacts() });
  if (steps.length === 0) return;
  const failed = await executeNetwork({ helperPath: context.helperPath, steps });
  if (failed !== undefined) {
    throw networkFailure(`lead the published ports of the container ${record.name} to its new address`, failed);
  }
  const files = portFiles(runDirectory(context.runRoot, record.id));
  const documents = portDocuments(after, records);
  writeFileAtomic(files.start, documents.start);
  writeFileAtomic(files.end, documents.end);
}
