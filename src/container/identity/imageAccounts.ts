import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { fileSystemError, makeDirectory, readRecord, writeRecord } from "../../base/index.ts";
import { readRootFiles } from "../../launch/index.ts";
import type { Digest } from "../../oci/index.ts";
import type { MountRequest } from "../runOptions.ts";
import { type Accounts, groupPath, maxAccountsBytes, parseAccounts, passwdPath } from "./accounts.ts";

export interface ImageAccountsRequest {
  readonly root: string;
  readonly helperPath: string;
  /** A directory for the helper to stage its mounts on. */
  readonly stage: string;
  readonly layers: readonly string[];
  /** The image's id, which stands for the chain of its layers, too. */
  readonly imageId: Digest;
}

/**
 * The accounts that an image defines. The helper reads the two files inside the root, once for each image: the
 * result is kept in `cache/identity`.
 *
 * @throws EngineError `launchFailed` when the layers cannot be looked into.
 */
export async function imageAccounts(request: ImageAccountsRequest): Promise<Accounts> {
  const cached = cachedAccounts(request.root, request.imageId);
  if (cached !== undefined) return cached;
  const accounts = await readAccounts(request);
  makeDirectory(join(request.root, "cache", "identity"));
  writeRecord(cachePath(request.root, request.imageId), accounts, { durable: false });
  return accounts;
}

/**
 * Reads the accounts from the layers, past the cache. `stage` only has to exist: nothing in it changes for anyone else.
 *
 * @throws EngineError `launchFailed` when the layers cannot be looked into.
 */
export async function readAccounts(
  request: Pick<ImageAccountsRequest, "helperPath" | "stage" | "layers">,
): Promise<Accounts> {
  const { helperPath, stage, layers } = request;
  const paths = [passwdPath, groupPath];
  const files = await readRootFiles({ helperPath, stage, layers, paths, maxBytes: maxAccountsBytes });
  return parseAccounts(files.get(passwdPath)?.bytes, files.get(groupPath)?.bytes);
}

/** What the cache has about an image; undefined when it was never looked into or the file is not of this form. */
export function cachedAccounts(root: string, imageId: Digest): Accounts | undefined {
  const record = readRecord(cachePath(root, imageId));
  if (!Array.isArray(record?.users) || !Array.isArray(record.groups)) return undefined;
  // The engine wrote the file from `Accounts` in a directory of its own.
  return { users: record.users, groups: record.groups } as Accounts;
}

function cachePath(root: string, imageId: Digest): string {
  return join(root, "cache", "identity", `${imageId.slice(imageId.indexOf(":") + 1)}.json`);
}

/**
 * Accounts from files of the host that the user binds over the image's, as in `-v /etc/passwd:/etc/passwd:ro`.
 */
export function boundAccounts(image: Accounts, mounts: readonly MountRequest[]): Accounts {
  const bytesOf = (target: string): Uint8Array | undefined => {
    const mount = mounts.find((candidate) => candidate.kind === "bind" && candidate.target === target);
    return mount?.kind === "bind" ? readStart(mount.source) : undefined;
  };
  const passwd = bytesOf(passwdPath);
  const group = bytesOf(groupPath);
  return {
    users: passwd === undefined ? image.users : parseAccounts(passwd, undefined).users,
    groups: group === undefined ? image.groups : parseAccounts(undefined, group).groups,
  };
}

function readStart(path: string): Uint8Array {
  try {
    const fd = openSync(path, "r");
    try {
      const bytes = new Uint8Array(maxAccountsBytes);
      return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw fileSystemError(error, "read the accounts in", path);
  }
}
