import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, isMarkAlive, removeFile, removeStaleReservation, withLock } from "../../base/index.ts";
import { releaseIdRangesOf, shareEnd } from "../../namespaces/index.ts";
import { releaseName } from "../state/names.ts";
import type { CheckScene, Finding } from "./finding.ts";
import { entriesOf, isAccountedFor } from "./traces.ts";

/** Names, ranges of ids and categories that are kept for containers that are not there, and what an interrupted change of one left. */
export function staleReservations(scene: CheckScene): readonly Finding[] {
  return [...staleNames(scene), ...staleRanges(scene), ...staleCategories(scene)];
}

function staleNames({ root }: CheckScene): readonly Finding[] {
  const directory = join(root, "names");
  return entriesOf(directory).flatMap((name) => {
    const holder = name === ".lock" ? undefined : targetOf(join(directory, name));
    if (holder === undefined || (!name.startsWith(".") && isAccountedFor(root, holder))) return [];
    // Made under the lock and renamed at once: whoever has the lock may take such a one away.
    const apply = () =>
      withLock(join(directory, ".lock"), { mode: "exclusive" }, () => {
        if (name.startsWith(".")) removeFile(join(directory, name));
        else if (!isAccountedFor(root, holder)) releaseName(root, name, holder);
      });
    const sentence = `the name is kept for the container ${holder.slice(0, 12)}, which is not there`;
    return { object: join(directory, name), sentence, repair: { does: "makes the name free", apply } };
  });
}

/** What is neither a reservation nor a share is the claim of a process that changes one, or was killed while doing that. */
function staleRanges({ root }: CheckScene): readonly Finding[] {
  const directory = join(root, "idranges");
  return entriesOf(directory).flatMap((name) => {
    const path = join(directory, name);
    const holder = targetOf(path);
    const isReservation = /^\d+$/.test(name);
    const isKept = isReservation || name.endsWith(shareEnd);
    if (holder === undefined || (isKept ? isAccountedFor(root, holder) : isMarkAlive(holder))) return [];
    const sentence = isKept
      ? `the range of ids is kept for the container ${holder.slice(0, 12)}, which is not there`
      : "a change of a range of ids was interrupted";
    // One that others share goes on to one of them.
    const apply = () => (isReservation ? releaseIdRangesOf(root, holder) : removeFile(path));
    return { object: path, sentence, repair: { does: "makes the range free", apply } };
  });
}

function staleCategories({ root }: CheckScene): readonly Finding[] {
  const directory = join(root, "labels");
  return entriesOf(directory).flatMap((name) => {
    const path = join(directory, name);
    const holder = targetOf(path);
    if (holder === undefined || isAccountedFor(root, holder)) return [];
    const sentence = `SELinux categories are kept for the container ${holder.slice(0, 12)}, which is not there`;
    const apply = () => removeStaleReservation(path, holder);
    return { object: path, sentence, repair: { does: "makes them free", apply } };
  });
}

function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "EINVAL") return undefined;
    throw error;
  }
}
