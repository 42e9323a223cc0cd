import type { ShownChain } from "../../network/index.ts";
import { html, type Markup, within } from "../markup/html.ts";
import { table } from "../markup/table.ts";
import { leftOut, type Page, sentence } from "../page.ts";

const elementBytes = 9000;
const chainBytes = 16_000;

/** The rules of brig's own table, and which elements of its sets and maps make them speak of this container. */
export function rulesOfTable(page: Page): Markup {
  const { words, facts } = page;
  const { rules, ends } = facts.surroundings.network;
  const texts = words.rules;
  const ownsRules = ends.some(({ network }) => network?.driver === "bridge");
  if (rules === undefined) {
    const why = ownsRules ? texts.none : texts.notNeeded;
    return html`<h3>${texts.title}</h3><p>${sentence(why)}</p>`;
  }
  const elements = within(
    elementBytes,
    rules.elements,
    ({ set, element }) => html`${set}${element} <td role="cell"><code></code></td>`,
  );
  const chains = within(chainBytes, rules.chains, (chain) => chainBox(chain));
  return html`<h3>${texts.title}</h3><p>${sentence(texts.lead)}</p>${table({
    caption: texts.elements,
    head: [texts.set, texts.element],
    rows: rules.elements
      .slice(0, elements.pieces.length)
      .map(({ set, element }) => [html`<code>@${set}</code>`, html`<code>${element}</code>`]),
  })}${leftOut(page, elements.left)}
<details><summary>${texts.chains({ count: String(rules.chains.length) })}</summary>${chains.pieces}${leftOut(page, chains.left)}</details>
`;
}

function chainBox({ name, hook, rules }: ShownChain): Markup {
  return html`<div class="card"><h4><code>chain ${name}</code></h4><p class="note mono">${hook}</p><ul class="code-lines">${rules.map(
    (rule) => html`<li><code>${rule}</code></li>`,
  )}</ul></div>`;
}
