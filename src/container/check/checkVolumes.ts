import { existsSync } from "node:fs";
import { join } from "node:path";
import { readRecord, unlessDamaged } from "../../base/index.ts";
import { removeTree } from "../../overlay/index.ts";
import {
  abandonFirstUse,
  attachVolumeAgain,
  listVolumeNames,
  readVolumeRecord,
  volumeContent,
  volumeDirectory,
} from "../state/volumes.ts";
import { readVolumeUsers } from "../state/volumeUsers.ts";
import { isInHand } from "../volumes/settleVolumes.ts";
import type { CheckScene, Finding } from "./finding.ts";
import { entriesOf, isAccountedFor } from "./traces.ts";

/** Volumes without a record or content, and those that a container was about to fill which is gone. */
export function damagedVolumes({ root }: CheckScene): readonly Finding[] {
  return listVolumeNames(root).flatMap((name) => [...brokenVolume(root, name), ...interruptedFirstUse(root, name)]);
}

function brokenVolume(root: string, name: string): readonly Finding[] {
  const object = volumeDirectory(root, name);
  const advice = `its content, if any, is in "${volumeContent(root, name)}"`;
  if (unlessDamaged(() => readVolumeRecord(root, name)) === undefined)
    return [{ object, sentence: `the volume "${name}" has no record that can be read`, advice }];
  if (existsSync(volumeContent(root, name))) return [];
  return [
    {
      object,
      sentence: `the volume "${name}" has lost the directory of its content`,
      advice: `brig volume rm ${name}`,
    },
  ];
}

function interruptedFirstUse(root: string, name: string): readonly Finding[] {
  return entriesOf(volumeDirectory(root, name)).flatMap((mark) => {
    const id = /^filling\.([0-9a-f]{64})$/.exec(mark)?.[1];
    if (id === undefined || isAccountedFor(root, id)) return [];
    const apply = (): void => abandonFirstUse(root, name, id);
    return {
      object: join(volumeDirectory(root, name), mark),
      sentence: `the container ${id.slice(0, 12)} was to fill the volume and is gone`,
      repair: { does: "lets the next container fill it", apply },
    };
  });
}

/** What interrupted creations and removals left beside the volumes. */
export function leftoverVolumeParts({ root, helperPath }: CheckScene): readonly Finding[] {
  return entriesOf(join(root, "volumes")).flatMap((entry): readonly Finding[] => {
    if (isInHand(entry)) return [];
    const path = join(root, "volumes", entry);
    const maker = /^\.([0-9a-f]{64}|new|condemned)\./.exec(entry)?.[1];
    if (maker !== undefined) {
      if (isAccountedFor(root, maker)) return [];
      const repair = { does: "deletes it", apply: () => removeTree({ helperPath, path }) };
      return [{ object: path, sentence: "the creation or removal of a volume was interrupted", repair }];
    }
    return entry.startsWith(".checking.") ? [takenAway(root, path)] : [];
  });
}

/** Whoever wanted to remove it had not yet made sure that nobody uses it. */
function takenAway(root: string, path: string): Finding {
  const name = readRecord(join(path, "volume.json"))?.name;
  const sentence = "the removal of a volume was interrupted before it was certain that nobody uses it";
  if (typeof name !== "string") return { object: path, sentence, advice: "its content is in _data" };
  return { object: path, sentence, repair: { does: "puts it back", apply: () => attachVolumeAgain(root, name, path) } };
}

/** Volumes without a name that no container uses: they may hold what somebody still wants. */
export function orphanVolumes({ root }: CheckScene): readonly Finding[] {
  const users = readVolumeUsers(root);
  return listVolumeNames(root)
    .filter((name) => !users.has(name) && unlessDamaged(() => readVolumeRecord(root, name))?.anonymous === true)
    .map((name) => ({
      object: volumeDirectory(root, name),
      sentence: "the volume was made without a name and no container uses it",
      advice: "brig volume prune removes such volumes",
      harmless: true,
    }));
}
