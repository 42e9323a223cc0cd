import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readRecord, unlessDamaged } from "../../base/index.ts";
import type { DiffId } from "../../oci/index.ts";
import { openLayerStore } from "../../overlay/index.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths, containersDirectory } from "../state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "../state/containerRecord.ts";
import { isBeingMade, readContainerState } from "../state/containerState.ts";
import { readLaunchFile } from "../state/launchFile.ts";
import { isKept } from "../state/liveState.ts";
import { abandonedContainers, isPending, wantsVolumesRemoved } from "../state/pending.ts";
import { removeContainer, removeTrash } from "../state/removeContainer.ts";
import type { CheckScene, Finding } from "./finding.ts";
import { entriesOf } from "./traces.ts";

/** The record of a container; undefined when there is none that can be read. */
export function readTolerantRecord(root: string, id: string): ContainerRecord | undefined {
  return unlessDamaged(() => readContainerRecord(containerPaths(root, id).record));
}

/** Containers that are whole but of which a record is missing or damaged, or a layer. */
export function damagedContainers(scene: CheckScene): readonly Finding[] {
  return listContainerIds(scene.root)
    .filter((id) => !isPending(scene.root, id) && !isUnfinished(scene, id))
    .flatMap((id) => {
      const paths = containerPaths(scene.root, id);
      const reasons = [
        readableOr(() => readContainerRecord(paths.record) !== undefined, "its record container.json"),
        readableOr(() => readContainerState(paths.state) !== undefined, "its record state.json"),
        readableOr(() => readContainerOptions(paths.options) !== undefined, "its record options.json"),
        readableOr(() => readLaunchFile(paths.launch) !== undefined, "its record launch.json"),
        readableOr(() => readRecord(paths.config) !== undefined, "its specification config.json"),
        readableOr(() => readRecord(paths.exit) !== undefined || !existsSync(paths.exit), "the record of its end"),
        ...missingLayers(scene, readTolerantRecord(scene.root, id)?.diffIds ?? []),
      ].filter((reason) => reason !== undefined);
      return reasons.map((reason) => ({
        object: paths.directory,
        sentence: `the container ${id.slice(0, 12)} lacks ${reason}`,
        advice: reason.startsWith("the layer")
          ? "pull its image again"
          : `what it wrote is in "${paths.upper}"; take it away with: brig rm --force ${id.slice(0, 12)}`,
      }));
    });
}

function readableOr(read: () => boolean, what: string): string | undefined {
  return unlessDamaged(read) === true ? undefined : what;
}

function missingLayers({ root, helperPath }: CheckScene, diffIds: readonly string[]): readonly string[] {
  if (diffIds.length === 0) return [];
  const layers = openLayerStore(root, { helperPath });
  // The record keeps the digests as they were parsed.
  const isThere = (diffId: string): boolean =>
    readableOr(() => layers.read(diffId as DiffId) !== undefined, diffId) === undefined;
  return diffIds.filter((diffId) => !isThere(diffId)).map((diffId) => `the layer ${diffId}`);
}

function isUnfinished({ root }: CheckScene, id: string): boolean {
  return unlessDamaged(() => readContainerState(containerPaths(root, id).state))?.status === "creating";
}

/** Containers whose making or removal was interrupted, and those with `--rm` that ended without anybody to remove them. */
export function halfMadeContainers(scene: CheckScene): readonly Finding[] {
  const { root } = scene;
  const marked = abandonedContainers(root);
  const unmarked = listContainerIds(root).filter(
    (id) => !marked.includes(id) && !isPending(root, id) && isUnfinished(scene, id),
  );
  return [...marked, ...unmarked].flatMap((id) => {
    if (isKept({ ...scene, id }) || isInHand(root, id)) return [];
    const record = readTolerantRecord(root, id);
    const volumes = record === undefined || record.remove || wantsVolumesRemoved(root, id);
    return {
      object: containerPaths(root, id).directory,
      sentence: `whoever made or removed the container ${id.slice(0, 12)} was interrupted`,
      repair: { does: "removes what there is of it", apply: () => removeContainer({ ...scene, id, volumes }) },
    };
  });
}

function isInHand(root: string, id: string): boolean {
  return readableOr(() => isBeingMade(readContainerState(containerPaths(root, id).state)), id) === undefined;
}

/** What an interrupted removal or write left beside and in the directories of containers. */
export function leftoverContainerFiles(scene: CheckScene): readonly Finding[] {
  const { root } = scene;
  const parent = containersDirectory(root);
  const trash = entriesOf(parent).flatMap((name): readonly Finding[] => {
    const id = /^\.([0-9a-f]{64})(\.gone)?$/.exec(name)?.[1];
    if (id === undefined || isPending(root, id)) return [];
    const repair = { does: "deletes it", apply: () => removeTrash(scene, id) };
    return [{ object: join(parent, name), sentence: "a removal or creation was interrupted", repair }];
  });
  const places = [
    ...listContainerIds(root).map((id) => containerPaths(root, id).directory),
    ...["pending", "cache/identity", "cache/seccomp"].map((name) => join(root, name)),
  ];
  return [...trash, ...places.flatMap(temporaryFiles)];
}

/** Files that writeFileAtomic was about to rename; it does so within milliseconds. */
function temporaryFiles(directory: string): readonly Finding[] {
  return entriesOf(directory)
    .filter((name) => /\.[0-9a-f]{12}\.tmp$/.test(name))
    .map((name) => {
      const object = join(directory, name);
      const apply = (): void => rmSync(object, { force: true });
      return { object, sentence: "the write of a file was interrupted", repair: { does: "deletes it", apply } };
    });
}
