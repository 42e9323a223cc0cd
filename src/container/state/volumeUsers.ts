import { unlessDamaged } from "../../base/index.ts";
import { listContainerIds } from "./containerIds.ts";
import { containerPaths } from "./containerPaths.ts";
import { readContainerRecord } from "./containerRecord.ts";
import { readContainerState } from "./containerState.ts";

/** The ids of the containers that use each volume; one that is being made uses what it is about to mount. */
export function readVolumeUsers(root: string): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const id of listContainerIds(root)) {
    for (const name of volumesOf(root, id)) {
      const known = users.get(name);
      if (known === undefined) users.set(name, [id]);
      else if (!known.includes(id)) known.push(id);
    }
  }
  return users;
}

/** What a damaged container uses is not known; it cannot be started either, and must not keep every volume alive. */
function volumesOf(root: string, id: string): readonly string[] {
  const paths = containerPaths(root, id);
  const names = unlessDamaged(() => {
    const record = readContainerRecord(paths.record);
    if (record !== undefined) return record.mounts.flatMap(({ kind, source }) => (kind === "volume" ? [source] : []));
    const state = readContainerState(paths.state);
    return state?.status === "creating" ? state.intent.volumes.map(({ name }) => name) : [];
  });
  return names ?? [];
}
