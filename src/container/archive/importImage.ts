import { join } from "node:path";
import { failPoint } from "../../base/index.ts";
import { addImage, addLayer, hostPlatform, newImageName, openArchive, openImageStore } from "../../image/index.ts";
import type { Platform } from "../../oci/index.ts";
import { openLayerStore } from "../../overlay/index.ts";
import { tellImage } from "../events/tellImage.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { applyChange, type ImageDraft } from "./imageChange.ts";

export interface ImportRequest {
  /** A tar archive, compressed or not. */
  readonly archive: AsyncIterable<Uint8Array>;
  /** Where it came from, for the history. */
  readonly from: string;
  readonly reference?: string;
  readonly message?: string;
  readonly changes: readonly string[];
  readonly platform?: Platform;
}

/**
 * Makes an image of one layer from a tar archive. Returns its id.
 *
 * @throws EngineError `malformedLayer`, `unsafeLayer`, `limitExceeded`, `invalidReference`, `invalidValue`,
 * `unsupportedMediaType` for a compression that brig does not read, `noSpace`.
 */
export async function importImage(request: ImportRequest, context: EngineContext): Promise<string> {
  const reference = request.reference === undefined ? undefined : newImageName(request.reference);
  const config = request.changes.reduce(applyChange, {} as ImageDraft);
  const store = openImageStore(join(context.root, "images"));
  const platform = request.platform ?? hostPlatform();
  const hold = await store.holdOffSweeps();
  try {
    const layers = openLayerStore(context.root, { helperPath: context.helperPath });
    const added = await addLayer({ store, layers, tar: openArchive(request.archive) });
    const created = context.now().toISOString();
    const comment = request.message ?? `Imported from ${request.from}`;
    const id = await addImage({
      store,
      config: {
        created,
        ...platform,
        config,
        rootfs: { type: "layers", diff_ids: [added.diffId] },
        history: [{ created, comment }],
      },
      layers: [added.descriptor],
      platform,
      ...(reference === undefined ? {} : { reference }),
    });
    failPoint("import.named");
    await tellImage({ root: context.root, now: context.now(), action: "import", image: request.reference ?? id });
    return id;
  } finally {
    hold.release();
  }
}
