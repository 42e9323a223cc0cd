import { join } from "node:path";
import { EngineError, failPoint, makeDirectory, withLock } from "../../base/index.ts";
import { executeNetwork } from "../../launch/index.ts";
import {
  defaultNetworkName,
  forgetRemoved,
  hideNetworkRecord,
  listNetworkRecords,
  type NetworkRecord,
  networksDirectory,
  planNetworkDown,
} from "../../network/index.ts";
import type { ObjectFilter } from "../list/containerFilters.ts";
import { instantOf, parseInstant } from "../options/timeFlag.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { compilePruneLabels, type Pruned } from "../volumes/removeVolume.ts";
import { findNetwork, isBeginning, noSuchNetwork, predefinedId } from "./findNetwork.ts";
import { finishRemovals } from "./finishRemovals.ts";
import { readNetworkFacts } from "./networkFacts.ts";
import { networkFailure } from "./networkFailure.ts";
import { networkMembers } from "./networkMembers.ts";
import { tellNetwork } from "./tellNetwork.ts";

/**
 * Removes a network that no running container is in; containers that do not run may still name it, and then do not start.
 *
 * @throws EngineError `networkNotFound`, `networkInUse` with Docker's sentences, `wrongState` for one that brig has by itself.
 */
export async function removeNetwork(nameOrId: string, context: EngineContext): Promise<void> {
  for (const word of ["bridge", "host", "none"] as const) {
    if (nameOrId !== word && !isBeginning(nameOrId, predefinedId(word))) continue;
    throw new EngineError("wrongState", `${word} is a pre-defined network and cannot be removed`, {
      hint: "it costs nothing while no container uses it",
    });
  }
  await finishRemovals(context);
  const record = findNetwork(context.root, nameOrId);
  if (record === undefined) throw noSuchNetwork(nameOrId);
  await removeRecord(record, context);
}

/** First the record, so that nobody joins; then what is in the kernel, which `network check` finds when we are killed between. */
async function removeRecord(record: NetworkRecord, context: EngineContext): Promise<void> {
  const { root } = context;
  makeDirectory(networksDirectory(root));
  const gone = await withLock(join(networksDirectory(root), ".lock"), { mode: "exclusive" }, () => {
    const members = networkMembers(record, context, "running");
    const [first] = members;
    if (first !== undefined) {
      throw new EngineError(
        "networkInUse",
        `error while removing network: network ${record.name} has active endpoints (${members.map((one) => `name:"${one.record.name}" id:"${one.record.id.slice(0, 12)}"`).join(", ")})`,
        {
          hint: `stop or disconnect them first: brig network disconnect ${record.name} ${first.record.name}`,
          details: { network: record.name, containers: members.map((one) => one.record.id) },
        },
      );
    }
    return hideNetworkRecord(root, record);
  });
  failPoint("network.hidden");
  const failed = await executeNetwork({
    helperPath: context.helperPath,
    steps: planNetworkDown(record, readNetworkFacts()),
  });
  if (failed !== undefined) throw networkFailure(`remove the network ${record.name} from the kernel`, failed);
  failPoint("network.down");
  if (gone !== undefined) forgetRemoved(gone);
  failPoint("network.forgotten");
  await tellNetwork({ action: "destroy", record }, context);
}

/**
 * Removes the networks that no container uses, running or not.
 *
 * @throws EngineError `invalidValue` for an unknown filter.
 */
export async function pruneNetworks(filters: readonly ObjectFilter[], context: EngineContext): Promise<Pruned> {
  await finishRemovals(context);
  const removed: string[] = [];
  for (const record of listUnusedNetworks(filters, context)) {
    if (await removedUnlessUsed(record, context)) removed.push(record.name);
  }
  return { removed, reclaimedBytes: 0 };
}

/**
 * The networks that `pruneNetworks` would remove; `without` are containers that are about to go.
 *
 * @throws EngineError `invalidValue` for an unknown filter.
 */
export function listUnusedNetworks(
  filters: readonly ObjectFilter[],
  context: EngineContext,
  without: ReadonlySet<string> = new Set(),
): readonly NetworkRecord[] {
  const fits = compilePruneLabels(filters, ["until"]);
  const limits = filters
    .filter(({ name }) => name === "until")
    .map(({ value }) => parseInstant(value, context.now(), "until"));
  return listNetworkRecords(context.root).filter((record) => {
    if (record.name === defaultNetworkName || !fits(new Map(Object.entries(record.labels)))) return false;
    const created = instantOf(new Date(record.created));
    if (limits.some((limit) => created >= limit)) return false;
    return networkMembers(record, context, "all").every(({ record: { id } }) => without.has(id));
  });
}

/** Somebody may use or remove it at this moment: then it is not ours to remove. */
async function removedUnlessUsed(record: NetworkRecord, context: EngineContext): Promise<boolean> {
  try {
    await removeRecord(record, context);
    return true;
  } catch (error) {
    if (error instanceof EngineError && error.code === "networkInUse") return false;
    throw error;
  }
}
