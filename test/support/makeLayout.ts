import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./programs.ts";
import { fixtureDirectory } from "./projectPaths.ts";

/** Puts the content of one layer into an empty directory, or makes the layer's archive itself and returns its path. */
export type LayerSource = (directory: string) => undefined | string | Promise<undefined | string>;

export interface ImageSource {
  readonly tag: string;
  /** The lowest first. */
  readonly layers: readonly LayerSource[];
  /** Flags of umoci-config(1): `["--config.cmd", "sh"]`. */
  readonly config: readonly string[];
}

/**
 * An OCI image layout below build/fixtures with the given images, made by umoci; resolves with its directory. It is
 * kept and found again as long as its sources stay the same, and appears by rename, so test files may ask at once.
 */
export async function makeLayout(name: string, images: readonly ImageSource[]): Promise<string> {
  const sources = JSON.stringify(images.map(({ tag, layers, config }) => [tag, layers.map(sourceOf), config]));
  const digest = createHash("sha256").update(`1 ${sources}`).digest("hex").slice(0, 12);
  const layout = join(fixtureDirectory, `${name}-${digest}`);
  if (existsSync(layout)) return layout;
  mkdirSync(fixtureDirectory, { recursive: true });
  const scratch = mkdtempSync(join(fixtureDirectory, ".making-"));
  try {
    const fresh = join(scratch, "layout");
    await runTool("umoci", ["init", "--layout", fresh]);
    for (const image of images) await addImage({ layout: fresh, scratch, image });
    await runTool("umoci", ["gc", "--layout", fresh]);
    publish(fresh, layout);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return layout;
}

/** The bundler numbers names that several bundled files have in common: which ones is not a change of the source. */
function sourceOf(layer: LayerSource): string {
  return String(layer).replaceAll(/\b([A-Za-z_]+)\d+\b/g, "$1");
}

async function addImage(where: { layout: string; scratch: string; image: ImageSource }): Promise<void> {
  const { layout, scratch, image } = where;
  const name = `${layout}:${image.tag}`;
  await runTool("umoci", ["new", "--image", name]);
  for (const [index, source] of image.layers.entries()) {
    const directory = join(scratch, `${image.tag}-${index}`);
    mkdirSync(directory);
    const archive = (await source(directory)) ?? (await archiveOf(directory));
    await runTool("umoci", ["raw", "add-layer", "--image", name, archive]);
  }
  await runTool("umoci", ["config", "--image", name, ...image.config]);
}

/** The same directory gives the same archive, whoever owns the clone and whenever it was made. */
async function archiveOf(directory: string): Promise<string> {
  const archive = `${directory}.tar`;
  const order = ["--sort=name", "--mtime=@1700000000", "--numeric-owner", "--format=pax"];
  const attributes = ["--xattrs", "--xattrs-include=*", "--pax-option=delete=atime,delete=ctime"];
  await runTool("tar", ["-C", directory, ...order, ...attributes, "-cf", archive, "."]);
  return archive;
}

function publish(fresh: string, layout: string): void {
  try {
    renameSync(fresh, layout);
  } catch (error) {
    if (!existsSync(layout)) throw error; // else another test file was faster, with the same content
  }
}
