import { EngineError } from "../../base/index.ts";
import { fetchArchive } from "../../image/index.ts";
import { lockContainer } from "../lifecycle/containerLock.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { findContainer } from "../state/removeContainer.ts";
import { piecesUnlessRemoved, unlessRemoved } from "../state/unlessRemoved.ts";
import { type CommitRequest, commitContainer } from "./commitContainer.ts";
import { type CopyReport, type CopyRequest, copyFromTar, copyIn, copyOut, copyToTar } from "./copyFiles.ts";
import { diffContainer, type FileChange } from "./diffContainer.ts";
import { exportContainer } from "./exportContainer.ts";
import { type ImportRequest, importImage } from "./importImage.ts";

/** What takes files out of containers, puts them in and makes images of them. */
export interface ContainerArchives {
  /** Copies from a container to this machine, as Docker's `cp` does. */
  copyOut(request: CopyRequest): Promise<CopyReport>;
  /** Copies from this machine into a container. */
  copyIn(request: CopyRequest): Promise<CopyReport>;
  /** What is at a path of a container, as a tar archive. */
  copyToTar(request: Pick<CopyRequest, "container" | "containerPath" | "followLink">): AsyncIterable<Uint8Array>;
  /** Unpacks a tar archive in a directory of a container. */
  copyFromTar(
    request: Pick<CopyRequest, "container" | "containerPath"> & { readonly archive: AsyncIterable<Uint8Array> },
  ): Promise<CopyReport>;
  /** What a container has changed of its image's files, sorted by path. */
  diff(nameOrId: string): Promise<readonly FileChange[]>;
  /** The files of a container as a tar archive. */
  exportContainer(nameOrId: string): AsyncIterable<Uint8Array>;
  /** Makes an image of a container; resolves with its id. */
  commit(request: CommitRequest): Promise<string>;
  /** Makes an image of a tar archive; resolves with its id. */
  importImage(request: ImportRequest): Promise<string>;
  /** The bytes behind a web address. */
  download(url: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export function openArchives(context: EngineContext): ContainerArchives {
  const { root } = context;
  const on = <Result>(nameOrId: string, act: () => Promise<Result>): Promise<Result> =>
    unlessRemoved({ root, nameOrId }, () => act().catch((error: unknown) => explainEnd(error, nameOrId, context)));
  return {
    copyOut: (request) => on(request.container, () => copyOut(request, context)),
    copyIn: (request) => on(request.container, () => copyIn(request, context)),
    copyToTar: (request) =>
      piecesUnlessRemoved({ root, nameOrId: request.container }, () => copyToTar(request, context)),
    copyFromTar: (request) => on(request.container, () => copyFromTar(request, context)),
    diff: (nameOrId) => on(nameOrId, () => diffContainer(nameOrId, context)),
    exportContainer: (nameOrId) => piecesUnlessRemoved({ root, nameOrId }, () => exportContainer(nameOrId, context)),
    commit: (request) => on(request.nameOrId, () => commitContainer(request, context)),
    importImage: (request) => importImage(request, context),
    download: fetchArchive,
  };
}

/** A process that was there a moment ago is not: whoever ended it may go on to remove the container, which is waited for. */
async function explainEnd(error: unknown, nameOrId: string, { root }: EngineContext): Promise<never> {
  if (!(error instanceof EngineError) || error.details.errno !== "ESRCH") throw error;
  const id = findContainer(root, nameOrId);
  const lock = await lockContainer(containerPaths(root, id));
  lock.release();
  throw new EngineError("wrongState", `container ${id} is not running`, {
    hint: "it ended in this very moment; try again",
    cause: error,
  });
}
