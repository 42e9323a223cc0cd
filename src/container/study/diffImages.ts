import { createHash, type Hash } from "node:crypto";
import type { StoredImage } from "../../image/index.ts";
import type { DiffId } from "../../oci/index.ts";
import type { ByteString } from "../../overlay/index.ts";
import { compareFiles, type ImageFileChange, type OpenQuestion } from "./compareFiles.ts";
import { type FileContent, MergedFiles } from "./mergedFiles.ts";
import { layerTree, type StudyPlaces, withImages } from "./readLayers.ts";

export interface DiffImagesRequest {
  readonly before: string;
  readonly after: string;
}

/**
 * The files that one image has and another has not, or has differently, sorted by path. Layers that both have are taken
 * for the same; of the others only files of the same name and size are read.
 *
 * @throws EngineError `imageNotFound`, `storeCorrupt`, `fileSystem`.
 */
export function diffImages(request: DiffImagesRequest, places: StudyPlaces): Promise<readonly ImageFileChange[]> {
  return withImages(places, [request.before, request.after], async ([one, other]) => {
    if (one === undefined || other === undefined) throw new Error("two references give two images");
    return diff({ one, other }, places);
  });
}

interface ImagePair {
  readonly one: StoredImage;
  readonly other: StoredImage;
}

async function diff({ one, other }: ImagePair, places: StudyPlaces): Promise<readonly ImageFileChange[]> {
  const [before, after] = [new MergedFiles(), new MergedFiles()];
  const [diffIds, otherIds] = [one.config.rootfs.diff_ids, other.config.rootfs.diff_ids];
  const shared = sharedLayers(diffIds, otherIds);
  await lay(diffIds.slice(0, shared), [before, after], places);
  await lay(diffIds.slice(shared), [before], places);
  await lay(otherIds.slice(shared), [after], places);
  const isSame = (file: FileContent, another: FileContent): boolean =>
    diffIds[file.layer] === otherIds[another.layer] && file.path === another.path;
  const { changes, open } = compareFiles({ before: before.root, after: after.root }, isSame);
  const answered = await answer(open, { diffIds, otherIds }, places);
  return [...changes, ...answered].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function sharedLayers(one: readonly DiffId[], other: readonly DiffId[]): number {
  const first = one.findIndex((diffId, index) => diffId !== other[index]);
  return first === -1 ? one.length : first;
}

async function lay(diffIds: readonly DiffId[], trees: readonly MergedFiles[], places: StudyPlaces): Promise<void> {
  for (const diffId of diffIds) {
    for (const tree of trees) tree.beginLayer();
    for await (const piece of layerTree(places, diffId, "names")) {
      if (piece.kind === "entry") for (const tree of trees) tree.apply(piece.record);
    }
  }
}

interface LayerLists {
  readonly diffIds: readonly DiffId[];
  readonly otherIds: readonly DiffId[];
}

async function answer(
  open: readonly OpenQuestion[],
  { diffIds, otherIds }: LayerLists,
  places: StudyPlaces,
): Promise<readonly ImageFileChange[]> {
  const wanted = new Map<DiffId, Map<ByteString, string>>();
  const want = (diffId: DiffId | undefined, { path }: FileContent): void => {
    if (diffId === undefined) throw new Error("a file is of one of the layers");
    wanted.set(diffId, (wanted.get(diffId) ?? new Map()).set(path, ""));
  };
  for (const { before, after } of open) {
    want(diffIds[before.layer], before);
    want(otherIds[after.layer], after);
  }
  for (const [diffId, hashes] of wanted) await hashFiles(diffId, hashes, places);
  const hashOf = (diffId: DiffId | undefined, { path }: FileContent) =>
    diffId === undefined ? undefined : wanted.get(diffId)?.get(path);
  return open.flatMap(({ change, before, after }) => {
    const same = hashOf(diffIds[before.layer], before) === hashOf(otherIds[after.layer], after);
    const differs = same ? change.differs : [...change.differs, "content" as const];
    return differs.length === 0 ? [] : [{ ...change, differs }];
  });
}

/** Fills in the hashes of the files that are asked for. */
async function hashFiles(diffId: DiffId, hashes: Map<ByteString, string>, places: StudyPlaces): Promise<void> {
  let current: { readonly path: ByteString; readonly hash: Hash } | undefined;
  const finish = (): void => {
    if (current !== undefined) hashes.set(current.path, current.hash.digest("hex"));
  };
  for await (const piece of layerTree(places, diffId, "contents")) {
    if (piece.kind === "content") {
      current?.hash.update(piece.bytes);
      continue;
    }
    finish();
    const { path, op } = piece.record;
    current = op === "file" && hashes.has(path) ? { path, hash: createHash("sha256") } : undefined;
  }
  finish();
}
