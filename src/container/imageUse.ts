import type { ImageUser } from "../image/index.ts";
import { listContainerIds } from "./state/containerIds.ts";
import { containerPaths } from "./state/containerPaths.ts";
import { readContainerRecord } from "./state/containerRecord.ts";
import { isBeingMade, readContainerState } from "./state/containerState.ts";
import { isLive, type StatePlaces } from "./state/liveState.ts";

/** A container as a user of an image; one that is still being made counts as running. */
export interface ImageUse extends ImageUser {
  readonly imageId: string;
  /** The layers that its root is made of. */
  readonly diffIds: readonly string[];
}

/**
 * Which containers use which images and layers: what must not be removed.
 *
 * @throws EngineError `storeCorrupt` for a damaged record: what it needs is not known, so nothing may be removed.
 */
export function listImageUses(places: StatePlaces): readonly ImageUse[] {
  return listContainerIds(places.root).flatMap((id): readonly ImageUse[] => {
    const paths = containerPaths(places.root, id);
    const state = readContainerState(paths.state);
    const record = readContainerRecord(paths.record);
    const use = record ?? (state?.status === "creating" ? state.intent : undefined);
    if (use === undefined) return [];
    const { name, imageId, diffIds } = use;
    return [{ id, name, imageId, diffIds, running: isBeingMade(state) || isLive({ ...places, id }) }];
  });
}
