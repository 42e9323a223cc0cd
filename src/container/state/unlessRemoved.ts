import { existsSync } from "node:fs";
import { EngineError } from "../../base/index.ts";
import { containerPaths } from "./containerPaths.ts";
import { findContainer } from "./removeContainer.ts";

export interface NamedContainer {
  readonly root: string;
  readonly nameOrId: string;
}

/**
 * Does something with a container that another command may remove in the same moment: whatever fails when it has gone,
 * fails for that reason.
 *
 * @throws EngineError `containerNotFound` with Docker's sentence, whatever `action` throws otherwise.
 */
export async function unlessRemoved<Result>(
  { root, nameOrId }: NamedContainer,
  action: () => Promise<Result> | Result,
): Promise<Result> {
  const id = findContainer(root, nameOrId);
  try {
    return await action();
  } catch (error) {
    throw removedMeanwhile({ root, nameOrId }, { id, error });
  }
}

/** The same for what comes piece by piece. */
export async function* piecesUnlessRemoved<Piece>(
  { root, nameOrId }: NamedContainer,
  pieces: () => AsyncIterable<Piece>,
): AsyncGenerator<Piece, void, undefined> {
  const id = findContainer(root, nameOrId);
  try {
    yield* pieces();
  } catch (error) {
    throw removedMeanwhile({ root, nameOrId }, { id, error });
  }
}

function removedMeanwhile(
  { root, nameOrId }: NamedContainer,
  { id, error }: { readonly id: string; readonly error: unknown },
): unknown {
  const isWanted = error instanceof EngineError && error.code === "interrupted";
  if (isWanted || existsSync(containerPaths(root, id).directory)) return error;
  return new EngineError("containerNotFound", `No such container: ${nameOrId}`, {
    hint: "it was removed in this very moment",
    cause: error,
  });
}
