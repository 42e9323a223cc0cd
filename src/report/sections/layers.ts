import { formatDecimalSize } from "../../base/index.ts";
import type { LayerFacts } from "../facts.ts";
import { stackedBar } from "../markup/bars.ts";
import { html, type Markup, type Shown, within } from "../markup/html.ts";
import { journalLinks, leftOut, type Page, sentence } from "../page.ts";
import { formatCount } from "../quantities.ts";
import { subjectOf } from "../story.ts";

/** The layers of the root file system, the topmost first, with what made each. */
export function layerStack(page: Page): Markup {
  const { facts, words } = page;
  const { layers: texts } = words;
  const { writable } = facts.surroundings;
  const written = facts.container.writtenBytes;
  const top = html`<li class="layer writable"><div><p class="layer-line"><span class="badge own">&#9679; ${texts.writable}</span> ${
    written === undefined ? undefined : formatDecimalSize(written)
  }</p><p class="path"><code>${writable}</code></p>${journalLinks(page, ({ id }) => id.startsWith("writable."))}</div></li>`;
  if (facts.layers === undefined) {
    const shown = directories(page);
    return html`<ol class="layers">${top}${shown.pieces}</ol>${leftOut(page, shown.left)}<p class="note">${sentence(texts.imageGone)}</p>`;
  }
  const made = facts.layers.flatMap((step) => (step.layer === undefined ? [] : [{ ...step, layer: step.layer }]));
  const largest = Math.max(1, ...made.map(({ layer }) => layer.unpackedBytes));
  const numbered = made.map((step, index) => ({ step, index })).reverse();
  const shown = within(24_000, numbered, ({ step, index }) =>
    layerItem(page, step, { largest, fromTop: made.length - 1 - index }),
  );
  const settings = facts.layers.filter(({ layer }) => layer === undefined);
  const lines = within(8000, settings, ({ createdBy }) => html`<li><code>${createdBy}</code></li>`);
  return html`<ol class="layers">${top}${shown.pieces}</ol>${leftOut(page, shown.left)}${
    settings.length === 0
      ? undefined
      : html`<details><summary>${texts.settings({ count: String(settings.length) })}</summary><ul class="plain">${lines.pieces}</ul>${leftOut(page, lines.left)}</details>`
  }<p class="note">${sentence(texts.redacted)}</p>`;
}

interface Place {
  readonly largest: number;
  readonly fromTop: number;
}

function layerItem(
  page: Page,
  { createdBy, layer }: LayerFacts & { readonly layer: NonNullable<LayerFacts["layer"]> },
  { largest, fromTop }: Place,
): Markup {
  const { layers: texts } = page.words;
  const { unpackedBytes, packedBytes, wastedBytes, added, changed, deleted, digest } = layer;
  const size = formatDecimalSize(unpackedBytes);
  const bar = stackedBar(texts.bar({ size, wasted: formatDecimalSize(wastedBytes) }), [
    { kind: "used", share: (unpackedBytes - wastedBytes) / largest },
    { kind: "wasted", share: wastedBytes / largest },
  ]);
  const sizes = { size, packed: formatDecimalSize(packedBytes) };
  const files = { added: formatCount(added), changed: formatCount(changed), deleted: formatCount(deleted) };
  return html`<li class="layer"><div><p class="layer-line"><strong>${texts.size(sizes)}</strong> <span>${texts.files(files)}</span>${
    wastedBytes > 0
      ? html` <span class="badge shared">${texts.wasted({ size: formatDecimalSize(wastedBytes) })}</span>`
      : undefined
  }</p>${bar}<p class="path"><code>${createdBy === "" ? texts.unknown : createdBy}</code></p><p class="note mono">${digest.slice(0, 19)}</p>${journalLinks(
    page,
    ({ id }) => id.startsWith("layer.") && subjectOf(id).split(".", 1)[0] === String(fromTop),
  )}</div></li>`;
}

function directories({ facts }: Page): Shown {
  return within(
    8000,
    [...facts.surroundings.layers].reverse(),
    (path) => html`<li class="layer"><p class="path"><code>${path}</code></p></li>`,
  );
}
