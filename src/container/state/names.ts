import { renameSync } from "node:fs";
import { join } from "node:path";
import { EngineError, makeDirectory, readReservation, removeFile, reserve, withLock } from "../../base/index.ts";

export interface NameReservation {
  readonly root: string;
  readonly name: string;
  readonly id: string;
  /** Whether a container with this id exists; a name whose container does not is free. */
  readonly exists: (id: string) => boolean;
}

/**
 * Reserves a container's name: a symbolic link `names/<name>` to the id, which symlink(2) makes only where there is none.
 * The container's directory must exist already. Given back with `releaseName`.
 *
 * @throws EngineError `nameInUse` with Docker's sentence.
 */
export async function reserveName(request: NameReservation): Promise<void> {
  const { root, name, id, exists } = request;
  makeDirectory(namesDirectory(root));
  if (reserve(namePath(root, name), id)) return;
  const holder = nameHolder(root, name);
  if (holder === id) return;
  if (holder === undefined) return reserveName(request);
  if (exists(holder)) throw nameConflict(name, holder);
  await takeOver(request, holder);
}

/** A stale name is replaced under a lock, so that two callers that both saw it stale do not both get it. */
async function takeOver({ root, name, id, exists }: NameReservation, stale: string): Promise<void> {
  await withLock(join(namesDirectory(root), ".lock"), { mode: "exclusive" }, () => {
    const holder = nameHolder(root, name);
    if (holder !== undefined && holder !== stale && exists(holder)) throw nameConflict(name, holder);
    const fresh = join(namesDirectory(root), `.${id}`);
    reserve(fresh, id);
    renameSync(fresh, namePath(root, name));
  });
}

/** The id that a name stands for, whether or not the container exists. */
export function nameHolder(root: string, name: string): string | undefined {
  return readReservation(namePath(root, name));
}

/** Gives the name back if it is this container's. Idempotent. */
export function releaseName(root: string, name: string, id: string): void {
  if (nameHolder(root, name) === id) removeFile(namePath(root, name));
}

function nameConflict(name: string, holder: string): EngineError {
  return new EngineError(
    "nameInUse",
    `Conflict. The container name "/${name}" is already in use by container "${holder}". ` +
      "You have to remove (or rename) that container to be able to reuse that name.",
    { hint: `remove it with: brig rm ${name}`, details: { name, holder } },
  );
}

function namesDirectory(root: string): string {
  return join(root, "names");
}

function namePath(root: string, name: string): string {
  return join(namesDirectory(root), name);
}
