import type { SeenMount } from "../../host/index.ts";
import { html, type Markup, type Piece, within } from "../markup/html.ts";
import { table } from "../markup/table.ts";
import { leftOut, type Page, section, sentence, stepLink } from "../page.ts";
import { subjectOf } from "../story.ts";
import { layerStack } from "./layers.ts";

/** What the container sees as its files, and where each part of that comes from. */
export function mountsSection(page: Page): Markup {
  const { words, facts } = page;
  const { live } = facts.surroundings;
  const shown = live === undefined ? plannedMounts(page) : live.mounts.map((line) => describeLine(page, line));
  const groups = mountGroups.map((group) => groupTable(page, group, shown));
  return section(
    page,
    "mounts",
    html`<h3>${words.layers.title}</h3><p>${sentence(words.layers.lead)}</p>${layerStack(page)}
<h3>${words.mounts.inside}</h3>${live === undefined ? html`<p class="note">${sentence(words.mounts.notRunning)}</p>` : undefined}${groups}
<h3>${words.mounts.outside}</h3>${outside(page)}`,
  );
}

const mountGroups = ["asked", "engine", "kernel", "devices", "hidden"] as const;
type MountGroup = (typeof mountGroups)[number];

interface ShownMount {
  readonly group: MountGroup;
  readonly point: string;
  readonly type: string;
  readonly from: string;
  readonly flags: readonly string[];
  /** What is special about it, in words. */
  readonly marks: readonly string[];
}

const fileSystemsOfKernel = new Set(["proc", "sysfs", "devpts", "mqueue", "cgroup2", "tmpfs", "overlay"]);
const plainFlags = new Set(["rw", "ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime"]);

function describeLine(page: Page, line: SeenMount): ShownMount {
  const { words, facts } = page;
  const { point, type, source, part, propagation } = line;
  const options = line.options.split(",");
  const asked = facts.surroundings.mounts.find(({ target }) => target === point);
  const marks = [
    ...(options.includes("idmapped") ? [words.mounts.idmapped] : []),
    ...(propagation.includes("shared") ? [words.mounts.shared] : []),
    ...(propagation.includes("master") ? [words.mounts.slave] : []),
    ...(propagation.length === 0 ? [words.mounts.private] : []),
  ];
  return {
    group: groupOf(page, { point, type, asked: asked !== undefined }),
    point,
    type,
    from:
      asked?.kind === "tmpfs" || (asked === undefined && fileSystemsOfKernel.has(type))
        ? ""
        : (asked?.hostPath ?? fromOf(source, part)),
    flags: options.filter((word) => plainFlags.has(word)),
    marks: [...(asked?.kind === "volume" ? [words.mounts.volume({ name: asked.source })] : []), ...marks],
  };
}

function fromOf(source: string, part: string): string {
  return part === "/" ? source : `${source} ${part}`;
}

function groupOf(
  { facts }: Page,
  { point, type, asked }: { readonly point: string; readonly type: string; readonly asked: boolean },
): MountGroup {
  const { maskedPaths, readonlyPaths } = facts.surroundings.spec.linux;
  if (asked) return "asked";
  if (maskedPaths.includes(point) || readonlyPaths.includes(point)) return "hidden";
  if (/^\/etc\/(?:hosts|hostname|resolv\.conf)$/.test(point)) return "engine";
  if (type === "devtmpfs") return "devices";
  return fileSystemsOfKernel.has(type) ? "kernel" : "engine";
}

function plannedMounts(page: Page): readonly ShownMount[] {
  const { facts, words } = page;
  const { spec, mounts } = facts.surroundings;
  return spec.mounts.map(({ destination, type, source, options }) => {
    const asked = mounts.find(({ target }) => target === destination);
    const word = options.find((option) => /^r?(?:private|slave|shared)$/.test(option));
    return {
      group: groupOf(page, { point: destination, type, asked: asked !== undefined }),
      point: destination,
      type: type === "" || type === "none" ? "bind" : type,
      from: asked?.hostPath ?? (fileSystemsOfKernel.has(type) ? "" : source),
      flags: options.filter((option) => plainFlags.has(option)),
      marks: [
        ...(asked?.kind === "volume" ? [words.mounts.volume({ name: asked.source })] : []),
        ...(word === undefined ? [] : [word]),
      ],
    };
  });
}

/** Nodes and hidden paths are many and alike: they are there to be opened. */
const folded: ReadonlySet<MountGroup> = new Set(["devices", "hidden"]);
const groupBytes = 10_000;

function groupTable(page: Page, group: MountGroup, all: readonly ShownMount[]): Markup | undefined {
  const { words } = page;
  const own = all.filter((mount) => mount.group === group);
  if (own.length === 0) return undefined;
  const { pieces, left } = within(groupBytes, own, (mount) => html`${rowOf(page, mount)}`);
  const { columns } = words.mounts;
  const title = words.mounts.groups[group]({ count: String(own.length) });
  const drawn = html`${table({
    caption: title,
    head: [columns.path, columns.type, columns.from, columns.flags, columns.step],
    rows: own.slice(0, pieces.length).map((mount) => rowOf(page, mount)),
  })}${leftOut(page, left)}`;
  return folded.has(group) ? html`<details><summary>${title}</summary>${drawn}</details>` : drawn;
}

function rowOf(page: Page, { point, type, from, flags, marks }: ShownMount): readonly Piece[] {
  const { words, story } = page;
  const step = story.steps.find(
    ({ id, anchor }) =>
      page.anchors.has(anchor) &&
      (point === "/" ? id === "root.overlay" : subjectOf(id) === point && id !== `bind.${point}`),
  );
  return [
    html`<code>${point}</code>`,
    type,
    from === "" ? html`<span class="quiet">${words.mounts.nowhere}</span>` : html`<code>${from}</code>`,
    html`${flags.join(" ")}${marks.map((mark) => html` <span class="tag">${mark}</span>`)}`,
    step === undefined ? html`<span class="quiet">-</span>` : stepLink(page, step),
  ];
}

/** What of all this the host's own table of mounts shows. */
function outside(page: Page): Markup {
  const { words, facts } = page;
  const { live } = facts.surroundings;
  if (live === undefined) return html`<p>${sentence(words.mounts.outsideNotRunning)}</p>`;
  const groupsOf = (line: SeenMount) => line.groups.map((word) => word.slice(word.indexOf(":") + 1));
  const inside = new Set(live.mounts.flatMap(groupsOf));
  const peers = live.hostMounts.filter((line) => groupsOf(line).some((group) => inside.has(group)));
  const counts = { inside: String(live.mounts.length), outside: String(live.hostMounts.length) };
  if (peers.length === 0) return html`<p>${sentence(words.mounts.noPeers(counts))}</p>`;
  const shown = within(6000, peers, ({ point, type }) => html`<li><code>${point}</code> ${type}</li>`);
  return html`<p>${sentence(words.mounts.peers(counts))}</p><ul class="plain">${shown.pieces}</ul>${leftOut(page, shown.left)}`;
}
