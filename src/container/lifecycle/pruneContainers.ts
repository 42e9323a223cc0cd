import { EngineError } from "../../base/index.ts";
import type { ObjectFilter } from "../list/containerFilters.ts";
import { listContainers } from "../list/listContainers.ts";
import { instantOf, parseInstant } from "../options/timeFlag.ts";
import type { EngineContext } from "../run/engineContext.ts";
import type { CreatedContainer } from "../runReports.ts";
import { compilePruneLabels, type Pruned } from "../volumes/removeVolume.ts";
import { removeByName } from "./removeByName.ts";

/**
 * Removes every container that does not run. Their volumes stay, as Docker has it.
 *
 * @throws EngineError `invalidValue` for an unknown filter (`until`, `label` and `label!` are known) or value.
 */
export async function pruneContainers(filters: readonly ObjectFilter[], context: EngineContext): Promise<Pruned> {
  const fits = compilePruneFilters(filters, context.now());
  const all = await listContainers(context, { all: true, size: true });
  const removed: string[] = [];
  let reclaimedBytes = 0;
  for (const container of all.filter(
    ({ status }) => status === "created" || status === "exited" || status === "dead",
  )) {
    if (!fits(container) || !(await removedUnlessStarted(container.id, context))) continue;
    removed.push(container.id);
    reclaimedBytes += container.size?.writtenBytes ?? 0;
  }
  return { removed, reclaimedBytes };
}

function compilePruneFilters(filters: readonly ObjectFilter[], now: Date): (container: CreatedContainer) => boolean {
  const fitsLabels = compilePruneLabels(filters, ["until"]);
  const limits = filters.filter(({ name }) => name === "until").map(({ value }) => parseInstant(value, now, "until"));
  return ({ labels, created }) => fitsLabels(labels) && limits.every((limit) => instantOf(new Date(created)) < limit);
}

/** Somebody may start or remove it at this moment: then it is not ours to remove. */
async function removedUnlessStarted(id: string, context: EngineContext): Promise<boolean> {
  try {
    await removeByName(id, { force: false, volumes: false }, context);
    return true;
  } catch (error) {
    if (error instanceof EngineError && (error.code === "wrongState" || error.code === "containerNotFound"))
      return false;
    throw error;
  }
}
