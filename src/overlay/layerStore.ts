import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import {
  EngineError,
  errnoOf,
  failPoint,
  fileSystemError,
  makeDirectory,
  readFileIfExists,
  syncDirectory,
  writeFileAtomic,
} from "../base/index.ts";
import { type DiffId, isDigest } from "../oci/index.ts";
import { defaultLayerLimits, type LayerLimits } from "./layerLimits.ts";
import { removeTree } from "./removeTree.ts";
import { isStagingOwned, newStagingName } from "./stagingOwner.ts";
import type { UnpackedLayer, UnpackStream } from "./unpackStream.ts";

export interface LayerStoreOptions {
  readonly helperPath: string;
  readonly limits?: LayerLimits;
}

/** What `layer.json` says: the record of a complete layer, written last. */
export interface LayerRecordFile {
  readonly version: 1;
  readonly diffId: DiffId;
  readonly entries: number;
  /** Bytes of file contents, each hard link once. */
  readonly size: number;
  /** See OverlayLayer. */
  readonly opaqueRoot: boolean;
}

export interface LayerIntake {
  /** The next bytes of the tar archive; the chunk belongs to the intake. A promise is back-pressure to wait for. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** The archive is complete: resolves with the directory that it is unpacked in until `commit` or `abort`. Idempotent. */
  finish(): Promise<string>;
  /** The caller verified the diffId: makes the layer durable, then visible. */
  commit(): Promise<void>;
  /** Forgets the layer and removes what was made. Safe after any failure; idempotent; nothing after `commit`. */
  abort(): Promise<void>;
}

/**
 * The unpacked layers below ROOT/layers. A layer is there or not, never in part: it is unpacked in a staging
 * directory and gets its name by rename(2) once it is on the disk. Processes need no lock among each other.
 */
export interface LayerStore {
  has(diffId: DiffId): Promise<boolean>;
  /** Starts to unpack a layer; of several at once the first to commit wins and the others discard theirs. */
  begin(diffId: DiffId): Promise<LayerIntake>;
  /** The directory that the layer is unpacked in, whether it is there or not. */
  treePath(diffId: DiffId): string;
  /** The layer's record, or undefined when it is not there. */
  read(diffId: DiffId): LayerRecordFile | undefined;
  /** Bytes of the files in a layer; 0 when it is not there. */
  size(diffId: DiffId): Promise<number>;
  /**
   * Removes a layer; not there is fine. `isUsed` is asked once nobody can find it any more: whoever found it before has
   * said so by then, and the layer is put back. Resolves with whether it is gone.
   */
  remove(diffId: DiffId, isUsed?: () => boolean): Promise<boolean>;
  list(): Promise<readonly DiffId[]>;
  /** What processes left behind that ended in the middle of their work. */
  staleStaging(): readonly string[];
  /** Removes it; a layer that was being removed and may still be used comes back. */
  sweepStaging(): Promise<void>;
}

/** Opens the store below the data root, making its directories (0700: layers hold set-user-ID files). */
export function openLayerStore(
  root: string,
  { helperPath, limits = defaultLayerLimits }: LayerStoreOptions,
): LayerStore {
  const layers = join(root, "layers");
  const staging = join(layers, ".staging");
  makeDirectory(staging);
  const layerPath = (diffId: DiffId): string => join(layers, directoryName(diffId));
  const discard = (path: string): Promise<void> => removeTree({ helperPath, path });
  const read = (diffId: DiffId): LayerRecordFile | undefined => readRecord(layerPath(diffId), diffId);
  const staleStaging = (): readonly string[] =>
    readdirSync(staging)
      .filter((name) => !isStagingOwned(withoutMark(name)))
      .map((name) => join(staging, name));

  return {
    has: async (diffId) => read(diffId) !== undefined,
    begin: async (diffId) => {
      const directory = makeStaging(staging);
      failPoint("pull.stage-made");
      // Most who open the store only look where a layer is.
      const { UnpackStream } = await import("./unpackStream.ts");
      const stream = new UnpackStream({ helperPath, limits, directory: join(directory, "tree") });
      return intakeOf({ diffId, stream, directory, target: layerPath(diffId), discard });
    },
    treePath: (diffId) => join(layerPath(diffId), "tree"),
    read,
    size: async (diffId) => read(diffId)?.size ?? 0,
    remove: async (diffId, isUsed = () => false) => {
      const name = newStagingName();
      const detached = join(staging, `${checkingMark}${name}`);
      if (!renamed(layerPath(diffId), detached, ["ENOENT"])) return true;
      failPoint("rmi.layer-detached");
      // Somebody else's layer of the same diffId may be there by now: then ours is no longer needed.
      if (isUsed() && renamed(detached, layerPath(diffId), ["ENOTEMPTY", "EEXIST"])) return false;
      const trash = join(staging, name);
      renamed(detached, trash, []);
      failPoint("rmi.layer-trashed");
      await discard(trash);
      return true;
    },
    list: async () =>
      readdirSync(layers)
        .map(diffIdOf)
        .filter((diffId) => diffId !== undefined),
    staleStaging,
    sweepStaging: async () => {
      for (const path of staleStaging()) if (!putBack(path, layers)) await discard(path);
    },
  };
}

/** Begins the name of a layer of which it is not yet certain that nobody uses it. */
const checkingMark = "checking-";

function withoutMark(name: string): string {
  return name.startsWith(checkingMark) ? name.slice(checkingMark.length) : name;
}

/** A removal that was killed before it was certain has removed nothing. */
function putBack(path: string, layers: string): boolean {
  if (!basename(path).startsWith(checkingMark)) return false;
  const diffId = parseRecord(readFileIfExists(join(path, "layer.json")) ?? "")?.diffId;
  if (typeof diffId !== "string" || !isDigest(diffId)) return false;
  return renamed(path, join(layers, directoryName(diffId as DiffId)), ["ENOTEMPTY", "EEXIST"]);
}

interface IntakeParts {
  readonly diffId: DiffId;
  readonly stream: UnpackStream;
  /** The staging directory. */
  readonly directory: string;
  readonly target: string;
  discard(path: string): Promise<void>;
}

function intakeOf({ diffId, stream, directory, target, discard }: IntakeParts): LayerIntake {
  let isOver = false;
  const end = async (): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await stream.cancel();
    await discard(directory);
  };
  let unpacked: Promise<UnpackedLayer> | undefined;
  const finish = (): Promise<UnpackedLayer> => {
    unpacked ??= stream.finish();
    return unpacked;
  };
  return {
    write: (chunk) => stream.write(chunk),
    finish: async () => {
      await finish();
      return join(directory, "tree");
    },
    commit: async () => {
      const { entries, bytes, opaqueRoot } = await finish();
      failPoint("pull.unpack-done");
      const record: LayerRecordFile = { version: 1, diffId, entries, size: bytes, opaqueRoot };
      writeFileAtomic(join(directory, "layer.json"), `${JSON.stringify(record)}\n`, { durable: true });
      failPoint("pull.layer-recorded");
      // Somebody else's layer of the same diffId is as good as ours.
      if (!renamed(directory, target, ["ENOTEMPTY", "EEXIST"])) return end();
      failPoint("pull.layer-renamed");
      syncDirectory(join(target, ".."));
      isOver = true;
    },
    abort: end,
  };
}

/** Makes NAME/tree. The tree's root is what a container sees as "/" when the archive says nothing about it. */
function makeStaging(staging: string): string {
  const directory = join(staging, newStagingName());
  try {
    mkdirSync(directory, { mode: 0o700 });
    mkdirSync(join(directory, "tree"), { mode: 0o755 });
  } catch (error) {
    throw fileSystemError(error, "make the directory", directory);
  }
  return directory;
}

/** Renames and returns true; returns false for the errors that the caller expects. */
function renamed(from: string, to: string, expected: readonly string[]): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (expected.includes(errnoOf(error) ?? "")) return false;
    throw fileSystemError(error, `rename to "${to}" the directory`, from);
  }
}

/** sha256:HEX -> HEX; other algorithms keep their name in front, so that no two diffIds share a directory. */
function directoryName(diffId: DiffId): string {
  return diffId.startsWith("sha256:") ? diffId.slice(7) : diffId.replace(":", "-");
}

function diffIdOf(name: string): DiffId | undefined {
  const diffId = name.includes("-") ? name.replace("-", ":") : `sha256:${name}`;
  return isDigest(diffId) ? (diffId as DiffId) : undefined;
}

function readRecord(directory: string, diffId: DiffId): LayerRecordFile | undefined {
  const path = join(directory, "layer.json");
  const text = readFileIfExists(path);
  if (text === undefined) return undefined;
  const record = parseRecord(text);
  if (record?.version === 1 && record.diffId === diffId) return record;
  throw new EngineError("storeCorrupt", `cannot read "${path}": it does not describe layer "${diffId}"`, {
    hint: `remove "${directory}" and pull the image again`,
  });
}

/** Only this store writes the file; a torn or foreign one is noticed by its version and diffId. */
function parseRecord(text: string): LayerRecordFile | undefined {
  try {
    return JSON.parse(text) as LayerRecordFile;
  } catch {
    return undefined;
  }
}
