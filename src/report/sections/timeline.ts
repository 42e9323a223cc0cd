import { linkedSpans } from "../markup/bars.ts";
import { html, type Markup, within } from "../markup/html.ts";
import { table } from "../markup/table.ts";
import { leftOut, type Page, reasonOf, section, sentence, stepLink } from "../page.ts";
import { formatCount, formatPercent, formatTime, formatTook } from "../quantities.ts";
import type { StoryStep } from "../story.ts";

const longestShown = 8;
const laneBytes = 12_000;

/** When which process did what. */
export function timelineSection(page: Page): Markup {
  const { story, words } = page;
  if (story.kind === "planned") return section(page, "timeline", plannedLanes(page));
  return section(
    page,
    "timeline",
    html`${outcome(page)}${lanes(page)}<h3>${words.timeline.longest}</h3>${longest(page)}`,
  );
}

function outcome({ facts: { journal }, words, story }: Page): Markup | undefined {
  if (journal === undefined) return undefined;
  const time = formatTime(journal.time) ?? "";
  const counts = { time, calls: formatCount(story.callCount), took: formatTook(story.endNs) };
  // The monitor goes on after it, and asks for files that need not be there.
  const failed = journal.calls.filter(({ errno, step }) => errno !== undefined && step !== "monitor").at(-1);
  const repeated = journal.restarts === 0 ? undefined : sentence(words.timeline.repeated({ count: journal.restarts }));
  if (journal.outcome === "started") return html`<p>${sentence(words.timeline.started(counts))} ${repeated}</p>`;
  return html`<p class="warning"><strong>${words.timeline.failed(counts)}</strong>${
    failed === undefined ? undefined : html` <code>${failed.call}(${failed.args}) = ${failed.errno}</code>`
  }</p>`;
}

function lanes(page: Page): Markup {
  const { story, words } = page;
  const end = Math.max(1, story.endNs);
  const drawn = story.processes.map((process) => {
    const own = story.steps.filter((step) => step.process === process && page.anchors.has(step.anchor));
    const spans = own.map((step) => ({
      anchor: step.anchor,
      title: `${step.id}: ${formatTook(step.endNs - step.startNs)}`,
      from: step.startNs / end,
      to: step.endNs / end,
    }));
    const shown = spans.slice(0, laneBytes / 170);
    return html`<div class="lane-row"><div class="lane-name"><strong>${process}</strong> <span>${words.processes[process]}</span></div>
<div class="lane-line">${linkedSpans(process, `lane-${process}`, shown)}${leftOut(page, spans.length - shown.length)}</div></div>
`;
  });
  const ticks = [0, 1, 2, 3, 4].map((part) => html`<span>${formatTook((end * part) / 4)}</span>`);
  return html`<figure class="timeline"><div class="lanes">${drawn}</div><div class="ticks" aria-hidden="true">${ticks}</div>
<figcaption>${sentence(words.timeline.caption)}</figcaption></figure>
`;
}

function longest(page: Page): Markup {
  const { story, words } = page;
  const took = (step: StoryStep) => step.endNs - step.startNs;
  const steps = [...story.steps].sort((a, b) => took(b) - took(a)).slice(0, longestShown);
  const { columns } = words.timeline;
  return table({
    caption: words.timeline.longestCaption,
    head: [columns.step, columns.process, columns.took, columns.share, columns.why],
    rows: steps.map((step) => [
      stepLink(page, step),
      step.process,
      formatTook(took(step)),
      formatPercent((100 * took(step)) / Math.max(1, story.endNs)),
      reasonOf(page, step.why),
    ]),
  });
}

/** Of a container that was never started: how many steps each process has before it. */
function plannedLanes(page: Page): Markup {
  const { story, words } = page;
  const lines = story.processes.map((process) => {
    const own = story.steps.filter((step) => step.process === process);
    const links = within(4000, own, (step) => html`<li>${stepLink(page, step)}</li>`);
    return html`<div class="card"><h3>${process} <small>${words.processes[process]}</small></h3><ol class="chips">${links.pieces}</ol>${leftOut(page, links.left)}</div>`;
  });
  return html`<p class="warning">${sentence(words.timeline.notYet)}</p><div class="stack">${lines}</div>`;
}
