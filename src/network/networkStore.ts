import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  corruptRecord,
  EngineError,
  errnoOf,
  failPoint,
  fileSystemError,
  listNames,
  makeDirectory,
  readRecord,
  unlessDamaged,
  writeFileAtomic,
} from "../base/index.ts";
import type { ContainerNetwork } from "./containerNetwork.ts";
import type { NetworkRecord } from "./networkRecord.ts";

export function networksDirectory(root: string): string {
  return join(root, "networks");
}

export function networkDirectory(root: string, name: string): string {
  return join(networksDirectory(root), name);
}

/** @throws EngineError `storeCorrupt` for a file that brig did not write. */
export function readNetworkRecord(root: string, name: string): NetworkRecord | undefined {
  try {
    return readRecordIn(networkDirectory(root, name));
  } catch (cause) {
    if (!(cause instanceof EngineError) || cause.code !== "storeCorrupt") throw cause;
    throw new EngineError("storeCorrupt", `the record of the network ${name} is damaged`, {
      hint: `brig network rm --force ${name} removes it`,
      cause,
      details: { network: name },
    });
  }
}

function readRecordIn(directory: string): NetworkRecord | undefined {
  const path = join(directory, "network.json");
  const record = readRecord(path);
  if (record === undefined) return undefined;
  if (record.version !== 1 || typeof record.id !== "string" || !Array.isArray(record.subnets))
    throw corruptRecord(path);
  // The engine wrote the file in a directory of its own; the check above is against damage, not against strangers.
  return record as unknown as NetworkRecord;
}

/** Every network with a record, by name. A damaged one does not hide the others: `listDamagedNetworks` names it. */
export function listNetworkRecords(root: string): readonly NetworkRecord[] {
  return networkNames(root).flatMap((name) => unlessDamaged(() => readNetworkRecord(root, name)) ?? []);
}

/** The names of the networks whose record is damaged. */
export function listDamagedNetworks(root: string): readonly string[] {
  return networkNames(root).filter((name) => {
    try {
      readNetworkRecord(root, name);
      return false;
    } catch (error) {
      if (error instanceof EngineError && error.code === "storeCorrupt") return true;
      throw error;
    }
  });
}

/** The names of all networks, whether or not their records can be read. */
export function networkNames(root: string): readonly string[] {
  return listNames(networksDirectory(root))
    .filter((name) => !name.startsWith("."))
    .sort();
}

/** Makes a network visible whole, by one rename(2). Returns false when one with this name exists. */
export function addNetworkRecord(root: string, record: NetworkRecord): boolean {
  const directory = networkDirectory(root, record.name);
  const fresh = join(networksDirectory(root), `.${record.id}`);
  makeDirectory(networksDirectory(root));
  try {
    mkdirSync(join(fresh, "leases"), { recursive: true, mode: 0o700 });
    failPoint("network.directory-made");
    writeFileAtomic(join(fresh, "network.json"), `${JSON.stringify(record, undefined, 2)}\n`, { durable: true });
    failPoint("network.written");
    renameSync(fresh, directory);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Somebody else made it at the same time; rename(2) does not replace a directory that is not empty.
    if (errnoOf(error) === "ENOTEMPTY" || errnoOf(error) === "EEXIST") return false;
    throw fileSystemError(error, "make the network", directory);
  }
  failPoint("network.renamed");
  return true;
}

/** Networks that never were whole, because who made them was killed, or is at it: whoever has the lock knows. */
export function listHalfMade(root: string): readonly string[] {
  return listNames(networksDirectory(root))
    .filter((name) => /^\.[0-9a-f]{64}$/.test(name))
    .map((name) => join(networksDirectory(root), name));
}

/**
 * Takes a network out of sight. What is left keeps its record until `forgetRemoved`, so that what it has in the kernel can
 * be found by the next one when we are killed. Returns where it is; undefined when there was none.
 */
export function hideNetworkRecord(root: string, { name, id }: Pick<NetworkRecord, "name" | "id">): string | undefined {
  const gone = join(networksDirectory(root), `.${id}.gone`);
  try {
    renameSync(networkDirectory(root, name), gone);
    return gone;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "remove the network", name);
  }
}

/** Idempotent. */
export function forgetRemoved(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

export interface RemovedNetwork {
  readonly path: string;
  /** Absent: there was nothing left to do but to forget it. */
  readonly record?: NetworkRecord;
}

/** Networks whose removal is under way, or was killed. */
export function listRemoved(root: string): readonly RemovedNetwork[] {
  return listNames(networksDirectory(root))
    .filter((name) => name.endsWith(".gone"))
    .map((name) => {
      const path = join(networksDirectory(root), name);
      const record = unlessDamaged(() => readRecordIn(path));
      return record === undefined ? { path } : { path, record };
    });
}

/** `network.json` in a container's directory. @throws EngineError `storeCorrupt` when it is missing or damaged. */
export function readContainerNetwork(containerDirectory: string): ContainerNetwork {
  const path = join(containerDirectory, "network.json");
  const record = readRecord(path);
  if (record === undefined || !Array.isArray(record.endpoints) || !Array.isArray(record.ports))
    throw corruptRecord(path);
  // As above.
  return record as unknown as ContainerNetwork;
}

export function writeContainerNetwork(containerDirectory: string, network: ContainerNetwork): void {
  writeFileAtomic(join(containerDirectory, "network.json"), `${JSON.stringify(network, undefined, 2)}\n`);
}
