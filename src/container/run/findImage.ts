import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError, errnoOf } from "../../base/index.ts";
import {
  formatPlatform,
  hostPlatform,
  noSuchImage,
  openImageStore,
  removedMeanwhile,
  type StoredImage,
} from "../../image/index.ts";
import type { DiffId, ImageConfig, Platform } from "../../oci/index.ts";
import { type OverlayLayer, openLayerStore, planOverlay } from "../../overlay/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { RunObserver } from "../runReports.ts";
import type { EngineContext } from "./engineContext.ts";

/**
 * The image of a container by `--pull` and `--platform`: the local one where that is enough, pulled otherwise.
 *
 * @throws EngineError `imageNotFound` with `--pull never`, those of a pull, `notOffered` for a foreign architecture.
 */
export async function findImage(
  options: FilledOptions,
  context: EngineContext,
  observer: RunObserver,
): Promise<StoredImage> {
  const store = openImageStore(join(context.root, "images"));
  const local = options.pull === "always" ? undefined : store.resolve(options.image);
  const image = local !== undefined && suits(local.config, options.platform) ? local : await pulled();
  checkArchitecture(image.config, options);
  return image;

  async function pulled(): Promise<StoredImage> {
    if (options.pull === "never") {
      if (local !== undefined) throw wrongPlatform(options.image, local.config, options.platform);
      throw noSuchImage(options.image);
    }
    let name = options.image;
    for await (const event of context.pull(options.image, options.platform)) {
      // A search may have found it under another name than the user's short one.
      if (event.kind === "done") name = event.reference;
      observer.onPull?.(event);
    }
    const found = store.resolve(name);
    if (found === undefined) throw removedMeanwhile(options.image);
    return found;
  }
}

function suits(config: ImageConfig, platform: Platform | undefined): boolean {
  if (platform === undefined) return true;
  const variantMatters = platform.variant !== undefined && config.variant !== undefined;
  return (
    config.os === platform.os &&
    config.architecture === platform.architecture &&
    (!variantMatters || config.variant === platform.variant)
  );
}

function wrongPlatform(image: string, config: ImageConfig, wanted: Platform | undefined): EngineError {
  return new EngineError(
    "platformNotFound",
    `the image "${image.slice(0, 200)}" is here for ${formatPlatform(platformOf(config))}, not for ${formatPlatform(wanted ?? hostPlatform())}`,
    { hint: "leave out --pull never, so that the other one can be fetched" },
  );
}

function platformOf({ os, architecture, variant }: ImageConfig): Platform {
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** Architectures whose programs a kernel of this one runs by itself. */
const compatible: ReadonlyMap<string, readonly string[]> = new Map([
  ["amd64", ["386"]],
  ["arm64", ["arm"]],
]);

/**
 * Refuses an image that this machine cannot run, before anything is made; with `--platform` the user has asked for it,
 * and an interpreter registered with binfmt_misc may do it.
 *
 * @throws EngineError `notOffered` naming both architectures.
 */
function checkArchitecture(config: ImageConfig, options: FilledOptions): void {
  const host = hostPlatform().architecture;
  const { architecture, os } = config;
  const native = os === "linux" && (architecture === host || (compatible.get(host) ?? []).includes(architecture));
  if (native || (options.platform !== undefined && os === "linux" && hasInterpreter(architecture))) return;
  throw new EngineError(
    "notOffered",
    `the image "${options.image.slice(0, 200)}" is built for ${os}/${architecture}, this machine is linux/${host}`,
    {
      hint:
        options.platform === undefined
          ? `pull it for this machine: brig pull --platform linux/${host}, if it exists for it`
          : `no interpreter for ${architecture} is registered in /proc/sys/fs/binfmt_misc: install qemu-user-static`,
    },
  );
}

/** How qemu-user calls an architecture when it registers itself (Documentation/admin-guide/binfmt-misc.rst). */
const interpreterNames: ReadonlyMap<string, string> = new Map([
  ["amd64", "x86_64"],
  ["arm64", "aarch64"],
  ["386", "i386"],
  ["loong64", "loongarch64"],
]);

function hasInterpreter(architecture: string): boolean {
  return existsSync(`/proc/sys/fs/binfmt_misc/qemu-${interpreterNames.get(architecture) ?? architecture}`);
}

type LayerPlaces = Pick<EngineContext, "root" | "helperPath">;

/**
 * Where the layer trees of an image are, or will be once it is unpacked, the lowest first; without those that an opaque
 * root hides, as far as that is known. `missing` are the layers that are not unpacked.
 *
 * @throws EngineError `limitExceeded` for too many.
 */
export function expectedTrees(
  context: LayerPlaces,
  diffIds: readonly DiffId[],
): { readonly trees: readonly string[]; readonly missing: readonly DiffId[] } {
  const store = openLayerStore(context.root, { helperPath: context.helperPath });
  const missing: DiffId[] = [];
  const layers = diffIds.map((diffId): OverlayLayer => {
    const record = store.read(diffId);
    if (record === undefined) missing.push(diffId);
    return { path: store.treePath(diffId), opaqueRoot: record?.opaqueRoot ?? false };
  });
  return { trees: [...planOverlay({ layers }).lower].reverse(), missing };
}

/**
 * The layer trees of an image that is unpacked.
 *
 * @throws EngineError `storeCorrupt` when a layer is missing, `limitExceeded` for too many.
 */
function layerTrees(context: LayerPlaces, diffIds: readonly DiffId[]): readonly string[] {
  const { trees, missing } = expectedTrees(context, diffIds);
  const [first] = missing;
  if (first === undefined) return trees;
  throw new EngineError("storeCorrupt", `the layer "${first}" of the image is missing`, {
    hint: "pull the image again",
  });
}

/**
 * As `layerTrees`, and unpacks first what is missing.
 *
 * @throws EngineError those of `unpackImage`, `limitExceeded`.
 */
export async function unpackedTrees(context: LayerPlaces, image: StoredImage): Promise<readonly string[]> {
  const { diff_ids: diffIds } = image.config.rootfs;
  const { trees, missing } = expectedTrees(context, diffIds);
  if (missing.length === 0) return trees;
  await (await import("./unpackImage.ts")).unpackImage(context, image);
  return layerTrees(context, diffIds);
}

/** Whether an error only says that this user may not look: a plan can do without. */
export function isAccessError(error: unknown): boolean {
  const cause = error instanceof EngineError ? error.cause : error;
  return errnoOf(cause) === "EACCES" || errnoOf(cause) === "EPERM" || errnoOf(cause) === "EROFS";
}
