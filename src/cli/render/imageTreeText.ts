import { formatDecimalSize } from "../../base/index.ts";
import type { ImageTree, TreeLayer } from "../../image/index.ts";
import { alignColumns } from "./columns.ts";
import { sanitizeLine } from "./sanitize.ts";

/** How many of the images that share a layer are named. */
const shownNames = 3;

/** Images with their layers below them, and what sharing saves. */
export function formatImageTrees(trees: readonly ImageTree[]): string {
  const lines = trees.flatMap((tree) => [
    sanitizeLine(headOf(tree)),
    ...alignColumns(
      tree.layers.map((layer, index) => lineOf(layer, index === tree.layers.length - 1)),
      3,
    ),
    "",
  ]);
  return [...lines, sumOf(trees)].map((line) => `${line}\n`).join("");
}

function headOf({ id, names, sizeBytes, sharedBytes, layers }: ImageTree): string {
  const shared = sharedBytes === 0 ? "" : `, ${formatDecimalSize(sharedBytes)} shared`;
  return `${names.length === 0 ? "<none>" : names.join(", ")}  ${short(id)}  ${formatDecimalSize(sizeBytes)} in ${count(layers.length, "layer")}${shared}`;
}

function lineOf({ diffId, packedBytes, unpackedBytes, sharedWith }: TreeLayer, isLast: boolean): string {
  const size = unpackedBytes === undefined ? "not unpacked" : formatDecimalSize(unpackedBytes);
  const more = sharedWith.length > shownNames ? ` and ${sharedWith.length - shownNames} more` : "";
  const shared = sharedWith.length === 0 ? "" : `shared with ${sharedWith.slice(0, shownNames).join(", ")}${more}`;
  const cells = [`${isLast ? "└─" : "├─"} ${short(diffId)}`, size, `${formatDecimalSize(packedBytes)} packed`, shared];
  return cells.map(sanitizeLine).join("\t");
}

/** Each layer once, and as often as it is listed. */
function sumOf(trees: readonly ImageTree[]): string {
  const sizes = new Map<string, number>();
  for (const { layers } of trees)
    for (const layer of layers) sizes.set(layer.diffId, layer.unpackedBytes ?? layer.packedBytes);
  const once = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  const all = trees.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return `${count(trees.length, "image")}, ${count(sizes.size, "layer")}: ${formatDecimalSize(once)} on disk, ${formatDecimalSize(all)} if nothing were shared`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function short(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1).slice(0, 12);
}
