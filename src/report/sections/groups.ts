import { formatBinarySize } from "../../base/index.ts";
import type { GroupFact } from "../../container/index.ts";
import { stackedBar } from "../markup/bars.ts";
import { html, type Markup, type Piece, within } from "../markup/html.ts";
import { factList, table } from "../markup/table.ts";
import { journalLinks, leftOut, type Page, section, sentence } from "../page.ts";
import { formatCount, formatPercent, formatTook } from "../quantities.ts";

const groupBytes = 24_000;

/** The control groups on the way to the container's, what they may use and what they do use. */
export function groupsSection(page: Page): Markup {
  const { surroundings } = page.facts;
  const { groups } = surroundings;
  const { words } = page;
  if (groups.length === 0) {
    return section(page, "groups", html`<p class="warning">${sentence(words.groups.none)}</p>${planned(page)}`);
  }
  const drawn = within(groupBytes, groups, (group) => groupItem(page, group, depthOf(groups, group)));
  const own = groups.find(({ place }) => place === "own");
  return section(
    page,
    "groups",
    html`${surroundings.live === undefined ? html`<p class="note">${sentence(words.groups.ended)}</p>` : undefined}
<ol class="tree">${drawn.pieces}</ol>${leftOut(page, drawn.left)}${own === undefined ? undefined : pressureTable(page, own)}${planned(page)}`,
  );
}

function depthOf(groups: readonly GroupFact[], { directory }: GroupFact): number {
  return groups.filter((other) => directory.startsWith(`${other.directory}/`)).length;
}

function groupItem(page: Page, group: GroupFact, depth: number): Markup {
  const { words } = page;
  const { directory, place, limits, controllers, otherGroups } = group;
  const name = depth === 0 && place === "above" ? directory : directory.slice(directory.lastIndexOf("/") + 1);
  const places = { above: words.groups.above, own: words.groups.own, below: words.groups.below };
  const shownLimits = limits.map(([file, value]) => html`<li><code>${file}</code> ${value}</li>`);
  return html`<li class="group depth-${Math.min(depth, 6)} ${place}"><p class="group-name"><code>${name}</code> <span class="badge ${place === "own" ? "own" : "quiet"}">${place === "own" ? "\u25cf " : undefined}${places[place]}</span></p>${
    place === "own" ? use(page, group) : undefined
  }${shownLimits.length === 0 ? undefined : html`<ul class="plain limits">${shownLimits}</ul>`}${
    place === "own" && controllers.length > 0
      ? html`<p class="note">${words.groups.controllers({ names: controllers.join(" ") })}</p>`
      : undefined
  }${otherGroups > 0 ? html`<p class="note">${words.groups.others({ count: formatCount(otherGroups) })}</p>` : undefined}${
    place === "own" ? journalLinks(page, ({ id }) => id.startsWith("cg.")) : undefined
  }</li>
`;
}

/** What the container uses of its limits, as bars where there is a limit. */
function use({ words, facts: { usage } }: Page, { statistics, peakBytes, events, processes }: GroupFact): Markup {
  const { memory, cpu, pids, io, throttling } = statistics;
  const texts = words.groups;
  const cpuShare = usage?.cpuPercent === undefined ? undefined : formatPercent(usage.cpuPercent);
  const entries: readonly (readonly [string, Piece])[] = [
    [texts.memory, memory === undefined ? undefined : meter(texts.memory, memory, formatBinarySize)],
    [texts.peak, peakBytes === undefined ? undefined : formatBinarySize(peakBytes)],
    [
      texts.cpu,
      cpu === undefined
        ? undefined
        : html`${formatTook(cpu.usageUs * 1000)}${cpuShare === undefined ? undefined : html` (${texts.cpuNow({ share: cpuShare })})`}`,
    ],
    [
      texts.throttled,
      throttling === undefined
        ? undefined
        : texts.throttledValue({
            count: formatCount(throttling.throttled),
            time: formatTook(throttling.throttledUs * 1000),
          }),
    ],
    [
      texts.tasks,
      pids === undefined ? (processes > 0 ? formatCount(processes) : undefined) : meter(texts.tasks, pids, formatCount),
    ],
    [
      texts.io,
      io === undefined
        ? undefined
        : texts.ioValue({ read: formatBinarySize(io.readBytes), written: formatBinarySize(io.writtenBytes) }),
    ],
    [texts.oomKills, events.memory === undefined ? undefined : formatCount(events.memory.oomKill)],
    [texts.forksRefused, events.pidsMax === undefined ? undefined : formatCount(events.pidsMax)],
  ];
  return factList(entries);
}

function meter(
  what: string,
  { current, max }: { readonly current: number; readonly max?: number },
  format: (value: number) => string,
): Markup {
  if (max === undefined || max === 0) return html`${format(current)}`;
  const title = `${what}: ${format(current)} / ${format(max)}`;
  return html`${format(current)} / ${format(max)} ${stackedBar(title, [{ kind: "used", share: current / max }])}`;
}

/** Pressure stall information: the share of the time in which somebody waited. */
function pressureTable({ words }: Page, { pressure }: GroupFact): Markup | undefined {
  const texts = words.pressure;
  const resources = (["cpu", "memory", "io"] as const).flatMap((name) => {
    const found = pressure[name];
    return found === undefined ? [] : [{ name, found }];
  });
  if (resources.length === 0) return html`<p class="note">${sentence(texts.none)}</p>`;
  const rows = resources.flatMap(({ name, found }) =>
    (["some", "full"] as const).flatMap((kind) => {
      const stall = found[kind];
      if (stall === undefined) return [];
      const { avg10, avg60, avg300, totalUs } = stall;
      const bar = stackedBar(`${name} ${kind}: ${formatPercent(avg60)}`, [{ kind: "used", share: avg60 / 100 }]);
      return [
        [
          html`${name} <small>${kind === "some" ? texts.some : texts.full}</small>`,
          formatPercent(avg10),
          html`${formatPercent(avg60)} ${bar}`,
          formatPercent(avg300),
          formatTook(totalUs * 1000),
        ],
      ];
    }),
  );
  return html`<h3>${texts.title}</h3>${table({
    caption: texts.lead,
    head: [texts.resource, texts.last10, texts.last60, texts.last300, texts.total],
    rows,
  })}`;
}

/** The limits that were asked for, which an ended container's group does not show any more. */
function planned({ facts: { surroundings }, words }: Page): Markup | undefined {
  const { memory, cpu, pids } = surroundings.spec.linux.resources;
  const texts = words.groups;
  const entries: readonly (readonly [string, Piece])[] = [
    [texts.memory, memory?.limit === undefined || memory.limit < 0 ? undefined : formatBinarySize(memory.limit)],
    [texts.reservation, memory?.reservation === undefined ? undefined : formatBinarySize(memory.reservation)],
    [texts.cpu, cpu?.quota === undefined || cpu.quota < 0 ? undefined : `${cpu.quota} / ${cpu.period ?? 100_000} µs`],
    [texts.weight, cpu?.shares === undefined ? undefined : String(cpu.shares)],
    [texts.processors, cpu?.cpus],
    [texts.tasks, pids === undefined || pids.limit <= 0 ? undefined : formatCount(pids.limit)],
  ];
  if (entries.every(([, value]) => value === undefined)) return html`<p class="note">${sentence(texts.noLimits)}</p>`;
  return html`<h3>${texts.asked}</h3>${factList(entries)}`;
}
