import { failPoint } from "../../base/index.ts";
import { removeTree } from "../../overlay/index.ts";
import type { UndoStack } from "../state/undoStack.ts";
import { abandonFirstUse, claimFirstUse, detachVolume, ensureVolume, isUnusedVolume } from "../state/volumes.ts";

/** A volume that a container is going to use. */
export interface NamedVolume {
  readonly name: string;
  readonly anonymous: boolean;
  /** What it is made with, if it does not exist. */
  readonly options?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
}

export interface VolumesRequest {
  readonly root: string;
  readonly helperPath: string;
  readonly id: string;
  readonly volumes: readonly NamedVolume[];
  readonly now: () => Date;
  readonly undo: UndoStack;
}

/** Makes the volumes that do not exist and returns the names of those that this container is the first to use. */
export function reserveVolumes({ root, helperPath, id, volumes, now, undo }: VolumesRequest): ReadonlySet<string> {
  const claimed = new Set<string>();
  for (const volume of volumes) {
    const { name } = volume;
    if (ensureVolume({ ...volume, root, id, now: now() })) {
      undo.push(async () => {
        const gone = isUnusedVolume(root, name) ? detachVolume(root, name, id) : undefined;
        if (gone !== undefined) await removeTree({ helperPath, path: gone });
      });
    }
    failPoint("create.volume-made");
    if (!claimFirstUse(root, name, id)) continue;
    claimed.add(name);
    undo.push(() => abandonFirstUse(root, name, id));
    failPoint("create.volume-claimed");
  }
  return claimed;
}
