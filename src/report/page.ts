import type { Language, Messages, SayReason } from "../messages/index.ts";
import type { ReportFacts } from "./facts.ts";
import { html, type Markup, type Piece } from "./markup/html.ts";
import type { Story, StoryStep } from "./story.ts";

export type Words = Messages["report"];

/** What a page says things with. */
export interface Tongue {
  readonly language: Language;
  readonly words: Words;
  /** Plans and journals hold their reasons in English. */
  readonly say: SayReason;
}

/** What every section of a page is drawn with. */
export interface Page extends Tongue {
  readonly facts: ReportFacts;
  readonly story: Story;
  /** The anchors that the journal of this page has: nothing else is linked to. */
  readonly anchors: ReadonlySet<string>;
}

/** The sections by the names of their anchors, in the order of the page. */
export const sectionNames = [
  "timeline",
  "namespaces",
  "mounts",
  "groups",
  "network",
  "privileges",
  "flags",
  "journal",
] as const;
export type SectionName = (typeof sectionNames)[number];

/** A sentence of the catalogue, which has no full stop there. */
export function sentence(text: string): Markup {
  return html`${text}.`;
}

/** Why a step is there, in the page's language as far as that has words for it. */
export function reasonOf({ say, language }: Tongue, why: string): Markup {
  const said = say(why);
  return said === why && language !== "en" ? html`<span lang="en">${why}</span>` : html`${said}`;
}

/** A section with its number, its title and a paragraph that says what there is to see. */
export function section(page: Page, name: SectionName, content: Piece): Markup {
  const { title, ...texts } = page.words[name];
  const lead = "planLead" in texts && page.story.kind === "planned" ? texts.planLead : texts.lead;
  return html`<section id="${name}" aria-labelledby="${name}-title">
<header class="section-head"><p class="number" aria-hidden="true">${sectionNames.indexOf(name) + 1}</p>
<div><h2 id="${name}-title">${title}</h2><p class="lead">${sentence(lead)}</p></div></header>
${content}
</section>
`;
}

/** More places than this say no more about where something comes from. */
const mostLinks = 4;

/** Links to the journal records of the steps that `about` holds true of; nothing when the journal has none. */
export function journalLinks(page: Page, about: (step: StoryStep) => boolean): Markup | undefined {
  const steps = page.story.steps.filter((step) => page.anchors.has(step.anchor) && about(step));
  if (steps.length === 0) return undefined;
  const links = steps.slice(0, mostLinks).map((step) => html` ${stepLink(page, step)}`);
  const more = steps.length - mostLinks;
  return html`<p class="origin"><span class="origin-label">${page.words.origin}</span>${links}${
    more > 0 ? html` <span>${page.words.andMore({ count: String(more) })}</span>` : undefined
  }</p>`;
}

/** A link to a step's record, or its name alone when the page has no record of it. */
export function stepLink({ anchors }: Page, { anchor, id }: Pick<StoryStep, "anchor" | "id">): Markup {
  return anchors.has(anchor) ? html`<a href="#${anchor}"><code>${id}</code></a>` : html`<code>${id}</code>`;
}

/** How many there are that the page has no room for. */
export function leftOut({ words }: Page, count: number): Markup | undefined {
  return count > 0 ? html`<p class="note">${sentence(words.leftOut({ count: String(count) }))}</p>` : undefined;
}
