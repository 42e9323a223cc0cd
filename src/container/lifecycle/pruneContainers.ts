import { EngineError } from "../../base/index.ts";
import type { ObjectFilter } from "../list/containerFilters.ts";
import { type ListPlaces, listContainers } from "../list/listContainers.ts";
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
  const removed: string[] = [];
  let reclaimedBytes = 0;
  for (const container of await listPrunable(filters, context)) {
    if (!(await removedUnlessStarted(container.id, context))) continue;
    removed.push(container.id);
    reclaimedBytes += container.size?.writtenBytes ?? 0;
  }
  return { removed, reclaimedBytes };
}

/**
 * The containers that do not run and fit the filters, with their sizes.
 *
 * @throws EngineError as `pruneContainers`.
 */
export async function listPrunable(
  filters: readonly ObjectFilter[],
  places: ListPlaces & Pick<EngineContext, "now">,
): Promise<readonly CreatedContainer[]> {
  const fits = compilePruneFilters(filters, places.now());
  const all = await listContainers(places, { all: true, size: true });
  return all.filter((container) => ["created", "exited", "dead"].includes(container.status) && fits(container));
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
