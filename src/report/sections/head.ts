import { formatDecimalSize } from "../../base/index.ts";
import { html, type Markup, within } from "../markup/html.ts";
import { factList } from "../markup/table.ts";
import { leftOut, type Page, type SectionName, sectionNames, sentence } from "../page.ts";
import { formatCount, formatTime, formatTook } from "../quantities.ts";
import { countVerdicts } from "./calls.ts";

/** Who the container is, and the way to everything else of the page. */
export function pageHead(page: Page): Markup {
  const { container } = page.facts;
  return html`<header class="page-head">
<p class="brand">${page.words.head.kicker}</p>
<h1>${container.name}</h1>
<p class="state"><span class="badge state-${stateClass(container.Status)}">${stateText(page)}</span>${
    container.why === "" ? undefined : html` <span lang="en">${container.why}</span>`
  }</p>
${identity(page)}
${tiles(page)}
</header>
`;
}

function stateClass(status: string): string {
  return status === "running" || status === "paused" || status === "created" ? status : "ended";
}

function stateText({ facts: { container }, words: { states } }: Page): string {
  switch (container.Status) {
    case "created":
      return states.created;
    case "running":
      return states.running;
    case "paused":
      return states.paused;
    case "restarting":
      return states.restarting;
    case "dead":
      return states.dead;
    default:
      return states.exited({ code: String(container.ExitCode) });
  }
}

function identity({ facts: { container, surroundings, time }, words: { head } }: Page): Markup {
  const command = within(3000, container.command, (word) => html`<code>${word}</code> `);
  return factList([
    [head.image, html`<code>${container.image}</code>`],
    [head.command, html`${command.pieces}${command.left > 0 ? "…" : undefined}`],
    [head.id, html`<code>${container.id.slice(0, 12)}</code>`],
    [head.hostname, container.hostname === "" ? undefined : html`<code>${container.hostname}</code>`],
    [head.user, container.user],
    [head.pid, surroundings.live === undefined ? undefined : String(surroundings.live.pid)],
    [head.created, formatTime(container.created)],
    [head.started, formatTime(container.StartedAt)],
    [head.finished, formatTime(container.FinishedAt)],
    [head.seen, formatTime(time)],
    [head.written, container.writtenBytes === undefined ? undefined : formatDecimalSize(container.writtenBytes)],
  ]);
}

interface Tile {
  readonly to: SectionName;
  readonly figure: number;
  readonly text: string;
}

/** The container in a few numbers, each of which leads to its section. */
function tiles({ facts: { surroundings }, story, words: { tiles: texts } }: Page): Markup {
  const { spec, live, layers, network } = surroundings;
  const shown: readonly Tile[] = [
    story.kind === "planned"
      ? { to: "timeline", figure: story.steps.length, text: texts.planned }
      : { to: "timeline", figure: story.callCount, text: texts.calls({ time: formatTook(story.endNs) }) },
    {
      to: "namespaces",
      figure: spec.linux.namespaces.filter(({ path }) => path === undefined).length,
      text: texts.namespaces,
    },
    {
      to: "mounts",
      figure: live?.mounts.length ?? spec.mounts.length + 1,
      text: texts.mounts({ layers: formatCount(layers.length) }),
    },
    { to: "network", figure: Math.max(network.ports.length, network.wanted.length), text: texts.ports },
    { to: "privileges", figure: spec.process.capabilities.bounding.length, text: texts.capabilities },
    { to: "privileges", figure: countVerdicts(surroundings.calls).refused, text: texts.refused },
  ];
  return html`<ul class="tiles">${shown.map(
    ({ to, figure, text }) => html`<li><a href="#${to}"><b>${formatCount(figure)}</b> <span>${text}</span></a></li>`,
  )}</ul>`;
}

/** The ways through the page, and how it is coloured: by the state of the choice alone, without a program. */
export function navigation({ words }: Page): Markup {
  const { scheme } = words;
  const choice = (name: string, text: string) =>
    html`<label><input type="radio" name="scheme" id="scheme-${name}"${name === "auto" ? html` checked` : undefined}><span>${text}</span></label>`;
  return html`<div class="side">
<nav aria-label="${words.contents}"><ol>${sectionNames.map(
    (name) => html`<li><a href="#${name}">${words[name].title}</a></li>`,
  )}</ol></nav>
<fieldset class="scheme"><legend>${scheme.legend}</legend>${choice("auto", scheme.auto)}${choice("light", scheme.light)}${choice("dark", scheme.dark)}</fieldset>
</div>
`;
}

/** Names of variables and labels, and what the page keeps to itself. */
export function environmentNames(page: Page): Markup {
  const { container } = page.facts;
  const { environment } = page.words;
  const names = within(6000, container.variables, (name) => html`<li><code>${name}</code></li>`);
  const labels = within(6000, container.labels, ([name, value]) => html`<li><code>${name}</code> ${value}</li>`);
  const some = (list: typeof names) =>
    list.pieces.length + list.left === 0
      ? html`<p class="note">${sentence(environment.none)}</p>`
      : html`<ul class="plain">${list.pieces}</ul>${leftOut(page, list.left)}`;
  return html`<div class="two"><div class="card"><h2 class="small">${environment.variables}</h2>${some(names)}<p class="note">${sentence(environment.hidden)}</p></div>
<div class="card"><h2 class="small">${environment.labels}</h2>${some(labels)}</div></div>
`;
}
