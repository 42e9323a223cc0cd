import { html, type Markup } from "../markup/html.ts";
import { type Page, reasonOf, section, sentence, type Tongue } from "../page.ts";
import { formatCount, formatTook } from "../quantities.ts";
import type { NumberedCall, Story, StoryStep } from "../story.ts";

/** All of the journal, in bytes of markup; a privileged container's has more calls than a page should hold. */
const journalBytes = 190_000;
const mostCallsOfStep = 120;

export interface DrawnJournal {
  readonly anchors: ReadonlySet<string>;
  readonly boxes: ReadonlyMap<string, Markup>;
}

/** Draws the records of the steps, as many as there is room for; only these can be linked to. */
export function drawJournal(story: Story, tongue: Tongue): DrawnJournal {
  const boxes = new Map<string, Markup>();
  let used = 0;
  for (const step of story.steps) {
    const box = stepBox(step, tongue);
    used += Buffer.byteLength(box.html);
    if (used > journalBytes) break;
    boxes.set(step.anchor, box);
  }
  return { anchors: new Set(boxes.keys()), boxes };
}

/** Every system call of the last start, by process and step. */
export function journalSection(page: Page, { boxes }: DrawnJournal): Markup {
  const { story, words, facts } = page;
  const texts = words.journal;
  const processes = story.processes.map((process) => {
    const own = story.steps.flatMap((step) => (step.process === process ? [boxes.get(step.anchor) ?? []] : [])).flat();
    return html`<h3>${process} <small>${words.processes[process]}</small></h3><div class="steps">${own}</div>`;
  });
  const left = story.steps.length - boxes.size;
  const cut = (facts.journal?.dropped ?? 0) > 0 || left > 0;
  return section(
    page,
    "journal",
    html`${processes}${
      cut ? html`<p class="note">${sentence(texts.cut({ name: facts.container.name }))}</p>` : undefined
    }`,
  );
}

function stepBox({ anchor, id, why, doc, calls }: StoryStep, tongue: Tongue): Markup {
  const shown = calls.slice(0, mostCallsOfStep).map(callLine);
  const more = calls.length - shown.length;
  return html`<article id="${anchor}" class="step" tabindex="-1"><h4><code>${id}</code>${
    doc === undefined ? undefined : html` <small>${doc}</small>`
  }</h4><p>${reasonOf(tongue, why)}</p>${
    shown.length === 0 ? undefined : html`<ol class="calls">${shown}</ol>`
  }${more > 0 ? html`<p class="note">+ ${formatCount(more)}</p>` : undefined}</article>
`;
}

function callLine({ number, call, args, result, errno, tookNs }: NumberedCall): Markup {
  const ended = errno === undefined ? html`= ${result}` : html`= <span class="errno">&#8722;1 ${errno}</span>`;
  return html`<li value="${number}"><code>${call}(${args}) ${ended}</code> <i>${formatTook(tookNs)}</i></li>`;
}
