import { join } from "node:path";
import { EngineError, failPoint, type HeldLock } from "../../base/index.ts";
import { addImage, addLayer, newImageName, openImageStore, type StoredImage } from "../../image/index.ts";
import { documentLimits, mediaTypes, type Platform } from "../../oci/index.ts";
import { openLayerStore, type TreePiece, writeTar } from "../../overlay/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import type { ConfigDetails } from "../inspect/containerDetails.ts";
import { inspectContainer } from "../inspect/inspectContainer.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { observeContainer } from "../state/runningContainer.ts";
import { holdFiles } from "./holdFiles.ts";
import { holdPaused, type Pause } from "./holdPaused.ts";
import { applyChange, type ImageDraft } from "./imageChange.ts";
import { layerPieces } from "./layerPieces.ts";

export interface CommitRequest {
  readonly nameOrId: string;
  /** The name of the image; without one it is found by its id. */
  readonly reference?: string;
  readonly author: string;
  readonly message: string;
  /** Lines of a Dockerfile. */
  readonly changes: readonly string[];
  /** Freeze the container meanwhile. */
  readonly pause: boolean;
}

/**
 * Makes an image of a container: the layers of its own image and one more with what it has written. Returns its id.
 *
 * @throws EngineError `containerNotFound`, `imageNotFound` when its image is gone, `invalidReference`, `invalidValue`
 * for a change, `fileSystem`, `noSpace`.
 */
export async function commitContainer(request: CommitRequest, context: EngineContext): Promise<string> {
  const reference = request.reference === undefined ? undefined : newImageName(request.reference);
  const container = observeContainer(context, request.nameOrId);
  const store = openImageStore(join(context.root, "images"));
  const base = store.resolve(container.record.imageId);
  if (base === undefined) {
    throw new EngineError("imageNotFound", `No such image: ${container.record.imageId}`, {
      hint: "the container's image was removed; brig export and brig import keep its files",
    });
  }
  const document = readConfig(await store.readDocument(base.id, documentLimits.configBytes));
  const details = (await inspectContainer({ nameOrId: container.record.id, size: false }, context)).Config;
  const execution = request.changes.reduce(applyChange, draftOf(document, details));
  const hold = await store.holdOffSweeps();
  let files: Pick<HeldLock, "release"> | undefined;
  let frozen: Pause | undefined;
  try {
    files = await holdFiles(context, container.record.id);
    if (request.pause) frozen = await holdPaused(container, context);
    failPoint("commit.frozen");
    const docker = base.manifest.mediaType === mediaTypes.dockerManifest;
    const tar = writeTar(
      withoutPlainTop(layerPieces({ container, helperPath: context.helperPath, contents: "contents" })),
    );
    const layers = openLayerStore(context.root, { helperPath: context.helperPath });
    const mediaType = docker ? mediaTypes.dockerLayerGzip : mediaTypes.ociLayerGzip;
    const added = await addLayer({ store, layers, tar, mediaType });
    await frozen?.release();
    files.release();
    const created = context.now().toISOString();
    const config = configOf({ document, base, execution, request, created, diffId: added.diffId });
    const id = await addImage({
      store,
      config,
      layers: [...base.manifest.layers, added.descriptor],
      platform: platformOf(base),
      mediaType: base.manifest.mediaType,
      ...(reference === undefined ? {} : { reference }),
    });
    const details = { comment: request.message, imageID: id, imageRef: request.reference ?? "" };
    failPoint("commit.named");
    await tellContainer(container.record, { action: "commit", details }, context);
    return id;
  } finally {
    await frozen?.release();
    files?.release();
    hold.release();
  }
}

/** The root directory belongs into the layer only when its owner or mode is another one. */
async function* withoutPlainTop(pieces: AsyncIterable<TreePiece>): AsyncGenerator<TreePiece> {
  for await (const piece of pieces) {
    const top =
      piece.kind === "entry" && piece.record.path === "." && piece.record.op === "dir" ? piece.record : undefined;
    const below = piece.kind === "entry" ? piece.below : undefined;
    const { mode, uid, gid } = top?.metadata ?? {};
    if (below !== undefined && mode === (below.mode & 0o7777) && uid === below.uid && gid === below.gid) continue;
    yield piece;
  }
}

function readConfig(bytes: Uint8Array | undefined): Readonly<Record<string, unknown>> {
  // The store verified the digest, and `resolve` parsed the document.
  return bytes === undefined ? {} : (JSON.parse(Buffer.from(bytes).toString("utf8")) as Record<string, unknown>);
}

/** The image's own words where the container has none, and nothing that belongs to the container alone. */
function draftOf(document: Readonly<Record<string, unknown>>, details: ConfigDetails): ImageDraft {
  const own = typeof document.config === "object" && document.config !== null ? document.config : {};
  const { User, ExposedPorts, Env, Cmd, Entrypoint, Volumes, WorkingDir, Labels, StopSignal, Healthcheck } = details;
  const words = { User, ExposedPorts, Env, Cmd, Entrypoint, Volumes, WorkingDir, Labels, StopSignal, Healthcheck };
  const said = Object.entries(words).filter(([, value]) => value !== undefined && value !== null);
  const silent = new Set(Object.entries(words).flatMap(([key, value]) => (value === null ? [key] : [])));
  const kept = Object.entries(own).filter(([key]) => !silent.has(key));
  return Object.fromEntries([...kept, ...said]) as ImageDraft; // members of ConfigDetails have the draft's types
}

interface ConfigParts {
  readonly document: Readonly<Record<string, unknown>>;
  readonly base: StoredImage;
  readonly execution: ImageDraft;
  readonly request: CommitRequest;
  readonly created: string;
  readonly diffId: string;
}

function configOf({ document, base, execution, request, created, diffId }: ConfigParts): Record<string, unknown> {
  const { author, message } = request;
  const { container: _, container_config: __, ...kept } = document;
  const history = Array.isArray(document.history) ? document.history : [];
  const made = {
    created,
    created_by: (execution.Cmd ?? []).join(" "),
    ...(author === "" ? {} : { author }),
    ...(message === "" ? {} : { comment: message }),
  };
  return {
    ...kept,
    created,
    ...(author === "" ? {} : { author }),
    config: execution,
    rootfs: { type: "layers", diff_ids: [...base.config.rootfs.diff_ids, diffId] },
    history: [...history, made],
  };
}

function platformOf({ config: { os, architecture, variant } }: StoredImage): Platform {
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}
