import { realpathSync } from "node:fs";
import { posix } from "node:path";
import { describeErrno, EngineError, errnoName, errnoOf, fileSystemError, irregularKind } from "../../base/index.ts";
import { type RootView, readTree, startTreeWriter } from "../../launch/index.ts";
import { mappedIdCount } from "../../namespaces/index.ts";
import {
  defaultLayerLimits,
  makeTree,
  quoteName,
  readTarPieces,
  type TreePiece,
  TreeRefusal,
  writeTar,
} from "../../overlay/index.ts";
import { observeContainer, readContainerSpec } from "../state/runningContainer.ts";
import { type ArchivePlaces, copyView } from "./containerView.ts";
import { type CopySource, cleanCopyPath, endsInDot, planCopy, splitCopyPath } from "./copyPaths.ts";
import { type CopyOwner, countTarBytes, placeEntries } from "./copyRecords.ts";
import { type CopyRoot, describePath, followPath, noSuchPath, piecesOf } from "./describePath.ts";
import { holdFiles } from "./holdFiles.ts";

export interface CopyRequest {
  readonly container: string;
  /** Inside the container; relative to its root. */
  readonly containerPath: string;
  /** Absolute, of this machine; its end ("/", "/.") has Docker's meaning. */
  readonly localPath: string;
  /** Copy what a symbolic link at the source leads to. */
  readonly followLink: boolean;
  /** Keep the owners also where Docker does not. */
  readonly keepOwners: boolean;
}

export interface CopyReport {
  /** What was copied, counted as a tar archive. */
  readonly bytes: number;
  /** Where it went. */
  readonly destination: string;
}

/**
 * Copies from a container to this machine. Neither a link nor a race in the container leads outside it, nor one in the
 * copy outside its destination (SECURITY-BASELINE V60).
 *
 * @throws EngineError `containerNotFound`, `fileNotFound`, `invalidValue`, `fileSystem`, `noSpace`.
 */
export async function copyOut(request: CopyRequest, places: ArchivePlaces): Promise<CopyReport> {
  const files = await holdFiles(places, request.container);
  try {
    const from = containerRoot(request.container, places);
    const source = await findSource(from, cleanCopyPath(request.containerPath, "/"), request.followLink);
    const target = await localTarget(request.localPath, places);
    const plan = planCopy(source, target);
    const to: CopyRoot = {
      helperPath: places.helperPath,
      view: { kind: "directory", path: realDirectory(plan.directory) },
    };
    const owner: CopyOwner = request.keepOwners ? "kept" : { uid: 0, gid: 0 };
    const bytes = await copyTree({ from, path: source.path, to }, { plan: { directory: "/", name: plan.name }, owner });
    return { bytes, destination: request.localPath };
  } finally {
    files.release();
  }
}

/**
 * Copies from this machine into a container, running or not. As `copyOut`.
 */
export async function copyIn(request: CopyRequest, places: ArchivePlaces): Promise<CopyReport> {
  const files = await holdFiles(places, request.container);
  try {
    const to = containerRoot(request.container, places);
    const local = await localSource(request.localPath, request.followLink, places);
    const target = await containerTarget(to, request);
    const plan = planCopy(local.source, target);
    await requireDirectory(to, plan.directory);
    const idLimit = idLimitOf(request.container, places);
    const change = { plan, owner: "kept", ...(idLimit === undefined ? {} : { idLimit }) } as const;
    const bytes = await copyTree({ from: local.root, path: local.path, to }, change);
    return { bytes, destination: target.path };
  } finally {
    files.release();
  }
}

/** What is at a path of a container as a tar archive. @throws EngineError as `copyOut`. */
export async function* copyToTar(
  { container, containerPath, followLink }: Pick<CopyRequest, "container" | "containerPath" | "followLink">,
  places: ArchivePlaces,
): AsyncGenerator<Uint8Array> {
  const files = await holdFiles(places, container);
  try {
    const from = containerRoot(container, places);
    const source = await findSource(from, cleanCopyPath(containerPath, "/"), followLink);
    const plan = { directory: "/", name: source.name ?? splitCopyPath(source.path).name };
    const tree = readTree({ helperPath: from.helperPath, view: from.view, path: source.path });
    yield* writeTar(placeEntries(piecesOf(tree, "contents"), { plan, owner: "kept" }));
  } finally {
    files.release();
  }
}

/** Unpacks a tar archive in a directory of a container. @throws EngineError as `copyIn`, and those of `readTarPieces`. */
export async function copyFromTar(
  request: Pick<CopyRequest, "container" | "containerPath"> & { readonly archive: AsyncIterable<Uint8Array> },
  places: ArchivePlaces,
): Promise<CopyReport> {
  const files = await holdFiles(places, request.container);
  try {
    const to = containerRoot(request.container, places);
    const target = await containerTarget(to, request);
    if (target.kind !== "directory") {
      throw new EngineError(
        "invalidValue",
        `destination "${request.container}:${request.containerPath}" must be a directory`,
      );
    }
    const idLimit = idLimitOf(request.container, places);
    const change = {
      plan: { directory: target.path, name: "." },
      owner: "kept",
      ...(idLimit === undefined ? {} : { idLimit }),
    } as const;
    const pieces = placeEntries(readTarPieces(request.archive, defaultLayerLimits), change);
    const bytes = await write(to, pieces);
    return { bytes, destination: target.path };
  } finally {
    files.release();
  }
}

interface Route {
  readonly from: CopyRoot;
  readonly path: string;
  readonly to: CopyRoot;
}

async function copyTree({ from, path, to }: Route, change: Parameters<typeof placeEntries>[1]): Promise<number> {
  const tree = readTree({ helperPath: from.helperPath, view: from.view, path });
  return write(to, placeEntries(piecesOf(tree, "contents"), change));
}

async function write(to: CopyRoot, pieces: AsyncIterable<TreePiece>): Promise<number> {
  const count = { bytes: 0 };
  try {
    await makeTree(startTreeWriter(to.helperPath, to.view), countTarBytes(pieces, count));
  } catch (error) {
    throw error instanceof TreeRefusal ? copyError(error) : error;
  }
  return count.bytes;
}

function containerRoot(container: string, places: ArchivePlaces): CopyRoot {
  return { helperPath: places.helperPath, view: copyView(places, container), container };
}

/** How many ids a container's user namespace has; undefined in the host's. */
function idLimitOf(container: string, places: ArchivePlaces): number | undefined {
  return mappedIdCount(readContainerSpec(observeContainer(places, container).paths).linux);
}

async function findSource(root: CopyRoot, path: string, followLink: boolean): Promise<CopySource> {
  const found = await describePath(root, path);
  if (found === undefined) throw noSuchPath(root, path);
  if (found.op !== "symlink" || !followLink) return { path, isDirectory: found.op === "dir" };
  const target = await followPath(root, path);
  if (target.kind === "missing") throw noSuchPath(root, path);
  return { path: target.path, isDirectory: target.kind === "directory", name: splitCopyPath(path).name };
}

async function containerTarget(to: CopyRoot, request: Pick<CopyRequest, "container" | "containerPath">) {
  const target = await followPath(to, cleanCopyPath(request.containerPath, "/"));
  return target;
}

async function requireDirectory(to: CopyRoot, directory: string): Promise<void> {
  const found = await describePath(to, endsInDot(directory) ? directory : `${directory}/.`);
  if (found?.op !== "dir") throw noSuchPath(to, directory);
}

interface LocalSource {
  readonly root: CopyRoot;
  /** Below the root. */
  readonly path: string;
  readonly source: CopySource;
}

/** The user's own paths are resolved as the user would see them; the helper then sees their directory only. */
async function localSource(path: string, followLink: boolean, { helperPath }: ArchivePlaces): Promise<LocalSource> {
  const { directory, name } = splitCopyPath(path);
  const link = splitCopyPath(path).name;
  const whole = name === "." || followLink || path.endsWith("/");
  const real = whole ? realPath(path) : posix.join(realPath(directory), name);
  const parent = name === "." ? real : posix.dirname(real);
  const root: CopyRoot = { helperPath, view: directoryView(parent) };
  const inside = name === "." ? "/." : `/${posix.basename(real)}`;
  const found = await describePath(root, inside);
  if (found === undefined) throw fileSystemError(missing(path), "copy", path);
  const source = {
    path: name === "." ? path : posix.join(parent, posix.basename(real)),
    isDirectory: found.op === "dir",
  };
  return { root, path: inside, source: name === "." ? source : { ...source, name: link } };
}

async function localTarget(path: string, { helperPath }: ArchivePlaces) {
  const kind = irregularKind(path);
  if (kind !== undefined) {
    throw new EngineError("invalidValue", `invalid output path: "${path}" must be a directory or a regular file`, {
      hint: `it is ${kind}, which the copy would replace`,
    });
  }
  const { directory, name } = splitCopyPath(path);
  if (name === ".") return { path, kind: "directory", real: realDirectory(path) } as const;
  const view = directoryView(realDirectory(directory));
  const found = await describePath({ helperPath, view }, `/${name}`);
  if (found === undefined) return { path, kind: "missing" } as const;
  if (found.op !== "symlink") return { path, kind: found.op === "dir" ? "directory" : "other" } as const;
  const real = realIfThere(path);
  const seen =
    real === undefined
      ? undefined
      : await describePath({ helperPath, view: directoryView(posix.dirname(real)) }, `/${posix.basename(real)}`);
  if (real === undefined || seen === undefined) throw fileSystemError(missing(path), "copy to", path);
  return { path: real, kind: seen.op === "dir" ? "directory" : "other" } as const;
}

function directoryView(path: string): RootView {
  return { kind: "directory", path };
}

function missing(path: string): Error {
  return Object.assign(new Error(`no such file or directory: ${path}`), { code: "ENOENT" });
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw fileSystemError(error, "copy", path);
  }
}

function realIfThere(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "copy to", path);
  }
}

function realDirectory(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw fileSystemError(error, "copy to the directory", path);
  }
}

/** Docker's sentences where a directory and something else would take each other's place. */
function copyError({ op, path, call, errno }: TreeRefusal): EngineError {
  const name = errnoName(errno);
  const where = quoteName(`/${path}`);
  const details = { errno: name, path, call };
  if (op === "dir" && name === "EEXIST") {
    return new EngineError("invalidValue", `cannot overwrite non-directory ${where} with directory`, { details });
  }
  if (op !== "dir" && name === "EISDIR") {
    return new EngineError("invalidValue", `cannot overwrite directory ${where} with non-directory`, { details });
  }
  const code = name === "ENOSPC" || name === "EDQUOT" ? "noSpace" : "fileSystem";
  return new EngineError(code, `cannot copy to ${where}: ${call}: ${describeErrno(name)}`, { details });
}
