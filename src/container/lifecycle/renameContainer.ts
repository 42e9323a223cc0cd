import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError, failPoint } from "../../base/index.ts";
import { appendEvent } from "../events/appendEvent.ts";
import { planActor } from "../events/planActor.ts";
import { hasOwnNetwork } from "../networks/ownNetwork.ts";
import { parseContainerName } from "../options/objectNames.ts";
import { containerPaths, containersDirectory } from "../state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord, writeContainerRecord } from "../state/containerRecord.ts";
import { readLaunchFile, writeLaunchFile } from "../state/launchFile.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { releaseName, reserveName } from "../state/names.ts";
import { findContainer } from "../state/removeContainer.ts";
import { unlessRemoved } from "../state/unlessRemoved.ts";
import { withContainerLock } from "./containerLock.ts";

export interface RenameRequest {
  readonly nameOrId: string;
  readonly newName: string;
}

/**
 * Gives a container another name. The new name is reserved before the old one is given back, so at every moment at least
 * one of them leads to the container, and no other container can get either in between.
 *
 * @throws EngineError `containerNotFound`, `invalidValue`, `nameInUse` with Docker's sentences.
 */
export async function renameContainer(
  { nameOrId, newName }: RenameRequest,
  { root, runRoot, now }: StatePlaces & { readonly now: Date },
): Promise<void> {
  if (nameOrId === "" || newName === "") {
    throw new EngineError("invalidValue", "Neither old nor new names may be empty");
  }
  const name = parseContainerName(newName);
  const id = findContainer(root, nameOrId);
  const paths = containerPaths(root, id);
  const rename = async (): Promise<void> => {
    const record = readContainerRecord(paths.record);
    if (record === undefined) throw new EngineError("containerNotFound", `No such container: ${nameOrId}`);
    if (record.name === name) {
      throw new EngineError("invalidValue", "Renaming a container with the same name as its current name");
    }
    const exists = (holder: string) => existsSync(join(containersDirectory(root), holder));
    await reserveName({ root, name, id, exists });
    try {
      await giveName(name, record, { root, runRoot, now });
    } catch (error) {
      if (readContainerRecord(paths.record)?.name !== name) releaseName(root, name, id);
      throw error;
    }
  };
  await unlessRemoved({ root, nameOrId }, () => withContainerLock(paths, rename));
}

/** The rest of a renaming, when the container has both names. */
async function giveName(
  name: string,
  record: ContainerRecord,
  { root, runRoot, now }: StatePlaces & { readonly now: Date },
): Promise<void> {
  const { id } = record;
  const paths = containerPaths(root, id);
  failPoint("rename.reserved");
  const renamed = { ...record, name };
  writeContainerRecord(paths.record, renamed);
  failPoint("rename.recorded");
  releaseName(root, record.name, id);
  failPoint("rename.released");
  if (hasOwnNetwork(record, paths.directory)) {
    const { renameInNetworks } = await import("../names/leftNames.ts");
    renameInNetworks({ id, directory: paths.directory, from: record.name, to: name }, { root, runRoot });
  }
  await announce(renamed, { root, now, oldName: record.name });
}

/** A monitor that runs goes on to write events with the old name; the next one has the new name. */
async function announce(
  record: ContainerRecord,
  { root, now, oldName }: { readonly root: string; readonly now: Date; readonly oldName: string },
): Promise<void> {
  const { id, name, image, labels } = record;
  const attributes = new Map([["image", image], ["name", name], ...Object.entries(labels)]);
  const path = containerPaths(root, id).launch;
  const launch = readLaunchFile(path);
  const actor = planActor({ type: "container", id, attributes });
  writeLaunchFile(path, { ...launch, monitor: { ...launch.monitor, actor } });
  await appendEvent({
    root,
    now,
    action: "rename",
    type: "container",
    id,
    attributes,
    details: { oldName: `/${oldName}` },
  });
}
