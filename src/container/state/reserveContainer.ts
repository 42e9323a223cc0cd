import { chmodSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type ContainerId, EngineError, errnoOf, failPoint, fileSystemError, makeDirectory } from "../../base/index.ts";
import { type IdPool, type IdRange, releaseIdRange, reserveIdRange, shareIdRange } from "../../namespaces/index.ts";
import { removeTree } from "../../overlay/index.ts";
import { createCidFile } from "./cidfile.ts";
import { type ContainerPaths, containerPaths, containersDirectory } from "./containerPaths.ts";
import { type CreationIntent, writeContainerState } from "./containerState.ts";
import { generateName } from "./generatedName.ts";
import { releaseName, reserveName } from "./names.ts";
import { clearPending, markPending } from "./pending.ts";
import type { ProcessIdentity } from "./processIdentity.ts";
import type { UndoStack } from "./undoStack.ts";

export interface ReserveRequest {
  readonly root: string;
  readonly helperPath: string;
  readonly id: ContainerId;
  /** The name that the user chose; a free one is made up without it. */
  readonly name?: string;
  readonly cidfile?: string;
  readonly owner: ProcessIdentity;
  /** What the container needs and makes, all but its name. */
  readonly intent: Omit<CreationIntent, "name">;
  readonly ids: IdChoice;
  readonly undo: UndoStack;
}

/** The host's ids, `size` of its own out of the pools, or those of another container. */
export type IdChoice =
  | { readonly kind: "host" }
  | { readonly kind: "own"; readonly size: number; readonly pools: readonly IdPool[] }
  | { readonly kind: "shared"; readonly range: IdRange };

export interface Reservation {
  readonly id: ContainerId;
  readonly name: string;
  readonly paths: ContainerPaths;
  readonly idRange?: IdRange;
}

const nameAttempts = 20;

/**
 * Reserves everything that only one container can have: its directory, name and range of ids. What is to be made is
 * written down first (`pending`, `state.json`), so that a later command can take it away if this process is killed at
 * any point; `undo` takes it back when something fails.
 *
 * @throws EngineError `nameInUse`, `usage` for an existing cidfile, `fileSystem`, `noSpace`, `busy`.
 */
export async function reserveContainer(request: ReserveRequest): Promise<Reservation> {
  const { root, id, owner, undo } = request;
  const cidfile = request.cidfile === undefined ? undefined : createCidFile(request.cidfile);
  if (cidfile !== undefined) undo.push(() => cidfile.discard());
  makeDirectory(root);
  markPending(root, id, owner);
  undo.push(() => clearPending(root, id));
  failPoint("create.pending");
  const paths = makeContainerDirectory(request, id);
  const name = await reserveSomeName(request, id);
  undo.push(() => releaseName(root, name, id));
  failPoint("create.named");
  const idRange = request.ids.kind === "host" ? undefined : await reserveRange(request, request.ids, id);
  failPoint("create.ids-reserved");
  cidfile?.write(id);
  return { id, name, paths, ...(idRange === undefined ? {} : { idRange }) };
}

/** The directory appears whole, with `state.json` in it, so that nobody takes the container for an abandoned one. */
function makeContainerDirectory(
  { root, helperPath, owner, intent, name, undo }: ReserveRequest,
  id: ContainerId,
): ContainerPaths {
  const parent = containersDirectory(root);
  const fresh = containerPaths(root, `.${id}`);
  const paths = containerPaths(root, id);
  makeDirectory(parent);
  try {
    mkdirSync(fresh.directory, { mode: 0o700 });
    undo.push(() => removeTree({ helperPath, path: fresh.directory }));
    for (const directory of [fresh.upper, fresh.work, fresh.stage]) mkdirSync(directory, { mode: 0o755 });
    // The root directory of the container shows the mode of `upper`, whatever the caller's umask is.
    chmodSync(fresh.upper, 0o755);
  } catch (error) {
    throw fileSystemError(error, "make the container's directory", fresh.directory);
  }
  writeContainerState(fresh.state, { status: "creating", owner, intent: { ...intent, name: name ?? "" } });
  failPoint("create.directory-made");
  renameSync(fresh.directory, paths.directory);
  undo.push(() => removeTree({ helperPath, path: paths.directory }));
  failPoint("create.directory-renamed");
  return paths;
}

async function reserveSomeName(request: ReserveRequest, id: ContainerId): Promise<string> {
  const { root } = request;
  const exists = (holder: string): boolean => existsSync(join(containersDirectory(root), holder));
  if (request.name !== undefined) {
    await reserveName({ root, name: request.name, id, exists });
    return request.name;
  }
  for (let attempt = 0; ; attempt += 1) {
    const name = generateName(attempt);
    const intent = { ...request.intent, name };
    writeContainerState(containerPaths(root, id).state, { status: "creating", owner: request.owner, intent });
    try {
      await reserveName({ root, name, id, exists });
      return name;
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== "nameInUse" || attempt >= nameAttempts) throw error;
    }
  }
}

async function reserveRange(
  { root, undo }: ReserveRequest,
  ids: Exclude<IdChoice, { readonly kind: "host" }>,
  id: ContainerId,
): Promise<IdRange> {
  const isAlive = (holder: string): boolean => existsSync(join(containersDirectory(root), holder));
  if (ids.kind === "shared") {
    await shareIdRange({ root, range: ids.range, containerId: id });
    undo.push(() => releaseIdRange(root, id, ids.range));
    return ids.range;
  }
  const range = await reserveIdRange({ root, containerId: id, isAlive, size: ids.size, pools: ids.pools });
  undo.push(() => releaseIdRange(root, id, range));
  return range;
}

/** Makes a missing source of `-v` with its missing parents; returns the topmost directory that was made. */
export function makeBindSource(path: string): string | undefined {
  try {
    return existsSync(path) ? undefined : mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return undefined;
    throw fileSystemError(error, "make the source of the mount", path);
  }
}
