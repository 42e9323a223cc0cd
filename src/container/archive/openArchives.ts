import { fetchArchive } from "../../image/index.ts";
import type { EngineContext } from "../run/engineContext.ts";
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
  return {
    copyOut: (request) => copyOut(request, context),
    copyIn: (request) => copyIn(request, context),
    copyToTar: (request) => copyToTar(request, context),
    copyFromTar: (request) => copyFromTar(request, context),
    diff: (nameOrId) => diffContainer(nameOrId, context),
    exportContainer: (nameOrId) => exportContainer(nameOrId, context),
    commit: (request) => commitContainer(request, context),
    importImage: (request) => importImage(request, context),
    download: fetchArchive,
  };
}
