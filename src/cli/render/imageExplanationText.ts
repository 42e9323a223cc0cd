import { formatDecimalSize } from "../../base/index.ts";
import type { ChangeSum, ExplainedLayer, ExplainedStep, ImageExplanation, LayerChange } from "../../container/index.ts";
import { cutText } from "./cutText.ts";
import { showPath } from "./fileName.ts";
import { sanitizeLine } from "./sanitize.ts";

export interface ExplanationStyle {
  /** Every file and the whole of each line of the history. */
  readonly full: boolean;
}

/** So many of the largest changes of a layer are shown. */
const shownChanges = 5;
const lineLength = 100;

const letters = { added: "A", changed: "C", deleted: "D" } as const;

/** What each step of an image's history did to its files, and what it costs. */
export function formatExplanation(image: ImageExplanation, style: ExplanationStyle): string {
  const { name, id, unpackedBytes, wastedBytes, steps } = image;
  const layers = steps.filter(({ layer }) => layer !== undefined).length;
  let number = 0;
  const lines = steps.flatMap((step) => {
    if (step.layer !== undefined) number += 1;
    return formatStep(step, step.layer === undefined ? "" : `${number}/${layers}`, style);
  });
  const share = unpackedBytes === 0 ? 0 : Math.round((wastedBytes * 100) / unpackedBytes);
  const sum = `${formatDecimalSize(unpackedBytes)} in ${layers} ${layers === 1 ? "layer" : "layers"}, of which later layers hide ${formatDecimalSize(wastedBytes)} (${share}%)`;
  const head = sanitizeLine(`${name}  ${id.slice("sha256:".length, "sha256:".length + 12)}`);
  return [head, "", ...lines, sum].map((line) => `${line}\n`).join("");
}

function formatStep({ createdBy, comment, layer }: ExplainedStep, number: string, style: ExplanationStyle) {
  const said = createdBy === "" ? comment || "(the history says nothing about this layer)" : createdBy;
  const line = sanitizeLine(style.full ? said : cutText(said, lineLength));
  if (layer === undefined) return [`config  ${line}`, ""];
  return [
    `layer ${number}  ${line}`,
    `    ${layer.diffId.slice("sha256:".length, "sha256:".length + 12)}  ${formatDecimalSize(layer.unpackedBytes)}, ${formatDecimalSize(layer.packedBytes)} packed`,
    `    ${sumsOf(layer)}`,
    ...(layer.wastedBytes === 0 ? [] : [`    later layers hide ${formatDecimalSize(layer.wastedBytes)} of it`]),
    ...changesOf(layer, style).map((text) => `      ${text}`),
    "",
  ];
}

function sumsOf({ added, changed, deleted }: ExplainedLayer): string {
  const parts = [...sumText("added", added), ...sumText("changed", changed), ...sumText("deleted", deleted)];
  return parts.length === 0 ? "no file differs" : parts.join(", ");
}

function sumText(what: string, { files, bytes }: ChangeSum): readonly string[] {
  return files === 0 ? [] : [`${files} ${what} (${formatDecimalSize(bytes)})`];
}

function changesOf({ changes }: ExplainedLayer, { full }: ExplanationStyle): readonly string[] {
  const shown = full ? changes : [...changes].sort(byWeight).slice(0, shownChanges);
  const more = changes.length - shown.length;
  return [...shown.map(changeLine), ...(more > 0 ? [`... and ${more} more`] : [])];
}

/** What costs most first; of the same weight, what deletes and changes says more than what adds. */
function byWeight(one: LayerChange, other: LayerChange): number {
  return other.bytes - one.bytes || Number(one.kind === "added") - Number(other.kind === "added");
}

function changeLine({ kind, path, bytes }: LayerChange): string {
  return `${letters[kind]} /${showPath(path)}${bytes === 0 ? "" : `  (${formatDecimalSize(bytes)})`}`;
}
