import type { FlagEffect } from "../../container/index.ts";
import { formatChangedStep, type StepChange } from "../../launch/index.ts";
import { flagOf } from "../flagNames.ts";
import { html, type Markup, within } from "../markup/html.ts";
import { leftOut, type Page, reasonOf, section, sentence, stepLink } from "../page.ts";

const flagBytes = 6000;
const allBytes = 42_000;

/** What each flag changed, beside the plan of a container that was given none. */
export function flagsSection(page: Page): Markup {
  const { words, facts } = page;
  const { flags, unplanned } = facts;
  const texts = words.flags;
  if (flags === undefined) {
    return section(page, "flags", html`<p>${sentence(texts.unplanned)}</p><p class="note" lang="en">${unplanned}</p>`);
  }
  const effective = flags.effects.filter(({ changes }) => changes.length > 0);
  const idle = flags.effects.filter(({ changes }) => changes.length === 0);
  const names = within(2000, idle, ({ option }) => html`<li>${flagOf(option)}</li>`);
  const boxes = within(allBytes, effective, (effect) => flagBox(page, effect));
  const { changes, same } = flags.whole;
  const sums = { ...countChanges(changes), same: String(same) };
  return section(
    page,
    "flags",
    html`<p>${sentence(effective.length === 0 ? texts.none : texts.whole(sums))}</p><div class="stack">${boxes.pieces}</div>${leftOut(page, boxes.left)}${
      idle.length === 0 ? undefined : html`<p>${texts.idle}</p><ul class="chips mono">${names.pieces}</ul>`
    }`,
  );
}

/** More than so many are there to be opened. */
const mostOpen = 6;

function countChanges(changes: readonly StepChange[]) {
  const count = (kind: StepChange["change"]) => String(changes.filter(({ change }) => change === kind).length);
  return { added: count("added"), removed: count("removed"), changed: count("changed") };
}

/** Of the fields of a step. */
const mostCharacters = 180;

const marks = { added: "+", removed: "−", changed: "~" } as const;

function flagBox(page: Page, { option, compared, changes }: FlagEffect): Markup {
  const { flags: texts } = page.words;
  const lines = within(flagBytes, changes, (change) => changeLine(page, change));
  const open = changes.length <= mostOpen ? html` open` : undefined;
  return html`<div class="card flag"><h3><code>${flagOf(option)}</code></h3>${
    compared === "among" ? html`<p class="note">${sentence(texts.among)}</p>` : undefined
  }<details${open}><summary>${texts.steps(countChanges(changes))}</summary><ul class="changes">${lines.pieces}</ul>${leftOut(page, lines.left)}</details></div>
`;
}

function changeLine(page: Page, change: StepChange): Markup {
  const { words, story } = page;
  const { step } = change;
  const kind = { added: words.flags.added, removed: words.flags.removed, changed: words.flags.changed }[change.change];
  const found = story.steps.find(({ id, process }) => id === step.id && process === step.phase);
  const name = found === undefined ? html`<code>${step.id}</code>` : stepLink(page, found);
  const all = formatChangedStep(change, { absent: "–" });
  const fields = all.length > mostCharacters ? `${all.slice(0, mostCharacters)}…` : all;
  return html`<li class="${change.change}"><span class="sign" aria-hidden="true">${marks[change.change]}</span><div><span class="kind">${kind}</span> ${name} ${reasonOf(page, step.why)} <code class="fields">${fields}</code></div></li>`;
}
