import { closeSync, openSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError, openOwningNamespace } from "../../base/index.ts";
import { namespaceLinks } from "../compare/processFacts.ts";

/** A namespace that a process is in; its number is the inode that tells namespaces apart (namespaces(7)). */
export interface NamespaceFact {
  /** As the directory `ns` of proc_pid(5) names it. */
  readonly kind: string;
  readonly number: string;
  /** The user namespace that owns it, or, of a user namespace, its parent; absent when that is above the caller's. */
  readonly owner?: string;
}

/**
 * The namespaces of a process and who owns them; nothing of it is joined.
 *
 * @throws EngineError `fileSystem` when it has ended or may not be looked at.
 */
export async function readNamespaceFacts(directory: string): Promise<readonly NamespaceFact[]> {
  const facts: NamespaceFact[] = [];
  for (const kind of namespaceLinks) {
    const path = join(directory, "ns", kind);
    try {
      const owner = await ownerOf(path);
      facts.push({ kind, number: numberOf(readlinkSync(path)), ...(owner === undefined ? {} : { owner }) });
    } catch (error) {
      if (errnoOf(error) === "ENOENT" && kind === "time") continue; // a kernel without them
      throw fileSystemError(error, "look at the namespace", path);
    }
  }
  return facts;
}

async function ownerOf(path: string): Promise<string | undefined> {
  const fd = openSync(path, "r");
  try {
    const owner = await openOwningNamespace(fd);
    if (owner === undefined) return undefined;
    try {
      return numberOf(readlinkSync(`/proc/self/fd/${owner}`));
    } finally {
      closeSync(owner);
    }
  } finally {
    closeSync(fd);
  }
}

/** `user:[4026531837]` */
function numberOf(link: string): string {
  return /\[(\d+)\]$/.exec(link)?.[1] ?? "";
}
