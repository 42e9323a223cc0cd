import type { LiveSurroundings, NamespaceFact } from "../../container/index.ts";
import { html, type Markup, within } from "../markup/html.ts";
import { table } from "../markup/table.ts";
import { journalLinks, leftOut, type Page, section, sentence } from "../page.ts";
import { formatCount } from "../quantities.ts";
import type { StoryStep } from "../story.ts";

/** As the kernel and as the specification call them. */
const specNames: ReadonlyMap<string, string> = new Map([
  ["user", "user"],
  ["mnt", "mount"],
  ["pid", "pid"],
  ["net", "network"],
  ["uts", "uts"],
  ["ipc", "ipc"],
  ["cgroup", "cgroup"],
  ["time", "time"],
]);

/** Which namespaces the container has, whose they are and who else is in them. */
export function namespacesSection(page: Page): Markup {
  const { live } = page.facts.surroundings;
  return section(
    page,
    "namespaces",
    html`${live === undefined ? plannedCards(page) : ownerBoxes(page, live)}${idMaps(page)}`,
  );
}

/** A box for each user namespace, with what it owns inside; the container's own is inside the host's. */
function ownerBoxes(page: Page, live: LiveSurroundings): Markup {
  const { namespaces: texts } = page.words;
  const host = numberOf(live.host, "user") ?? "";
  const user = live.namespaces.find(({ kind }) => kind === "user");
  const own = user?.number ?? host;
  const ownerOf = ({ owner }: NamespaceFact) => owner ?? host;
  const owned = live.namespaces.filter(({ kind }) => kind !== "user");
  const cards = (owner: string) =>
    html`<ul class="cards">${owned.filter((fact) => ownerOf(fact) === owner).map((fact) => card(page, live, fact))}</ul>`;
  const inner =
    own === host || user === undefined
      ? undefined
      : html`<div class="owner inner"><p class="owner-name">${texts.ownUser({ number: own })}</p>${sharing(page, live, user)}${origin(page, "user")}${cards(own)}</div>`;
  const strangers = [...new Set(owned.map(ownerOf))].filter((owner) => owner !== host && owner !== own);
  return html`<div class="owner"><p class="owner-name">${texts.hostUser({ number: host })}</p>${
    own === host ? html`<p class="note">${sentence(texts.sharesIds)}</p>` : undefined
  }${cards(host)}${inner}${strangers.map(
    (owner) =>
      html`<div class="owner"><p class="owner-name">${texts.otherUser({ number: owner })}</p>${cards(owner)}</div>`,
  )}</div>
<p class="note">${sentence(texts.ownerNote)}</p>
`;
}

function numberOf(facts: readonly NamespaceFact[], kind: string): string | undefined {
  return facts.find((fact) => fact.kind === kind)?.number;
}

function card(page: Page, live: LiveSurroundings, fact: NamespaceFact): Markup {
  return html`<li class="card"><h3>${fact.kind} <small>${subject(page, fact.kind)}</small></h3><p class="mono">${fact.number}</p>${sharing(page, live, fact)}${
    numberOf(live.host, fact.kind) === fact.number ? undefined : origin(page, fact.kind)
  }</li>`;
}

/** What a kind of namespace is about. */
function subject({ words }: Page, kind: string): string | undefined {
  return Object.entries(words.namespaces.kinds).find(([name]) => name === kind)?.[1];
}

/** Alone, the host's, or that of other containers. */
function sharing({ words }: Page, live: LiveSurroundings, { kind, number }: NamespaceFact): Markup {
  const { namespaces } = words;
  const withHost = numberOf(live.host, kind) === number;
  const names = live.others.filter((other) => numberOf(other.namespaces, kind) === number).map(({ name }) => name);
  const shown = within(600, names, (name) => html` <code>${name}</code>`);
  const more = shown.left > 0 ? html` ${words.andMore({ count: String(shown.left) })}` : undefined;
  if (withHost) return html`<p><span class="badge shared">&#9671; ${namespaces.withHost}</span></p>`;
  if (names.length === 0) return html`<p><span class="badge own">&#9679; ${namespaces.alone}</span></p>`;
  return html`<p><span class="badge shared">&#9671; ${namespaces.withOthers}</span>${shown.pieces}${more}</p>`;
}

/** The steps that make the container's first process, and most of its namespaces with it. */
const makers: ReadonlySet<string> = new Set(["clone", "user.heir"]);

function origin(page: Page, kind: string): Markup | undefined {
  const about: Readonly<Record<string, (step: StoryStep) => boolean>> = {
    user: ({ id }) => id.startsWith("user.map") || id === "clone",
    cgroup: ({ id }) => id === "ns.unshare" || id === "user.heir",
    uts: ({ id }) => makers.has(id) || id === "uts.name",
    net: ({ id }) => makers.has(id) || id === "net.open",
  };
  const type = specNames.get(kind);
  const { namespaces } = page.facts.surroundings.spec.linux;
  const made = namespaces.find((namespace) => namespace.type === type);
  const inJoinedUser = namespaces.some((namespace) => namespace.type === "user" && namespace.path !== undefined);
  const joined = kind === "pid" && !inJoinedUser ? "join.pid" : "join.namespaces";
  return journalLinks(
    page,
    made?.path === undefined ? (about[kind] ?? (({ id }) => makers.has(id))) : ({ id }) => id === joined,
  );
}

/** Of one that does not run: what it gets or had, as it was decided. */
function plannedCards(page: Page): Markup {
  const { words, facts } = page;
  const { namespaces } = words;
  const made = new Map<string, string | undefined>(
    facts.surroundings.spec.linux.namespaces.map(({ type, path }) => [type, path ?? ""]),
  );
  const cards = [...specNames].map(([kind, type]) => {
    const path = made.get(type);
    const badge =
      path === undefined
        ? html`<span class="badge shared">&#9671; ${namespaces.withHost}</span>`
        : path === ""
          ? html`<span class="badge own">&#9679; ${namespaces.alone}</span>`
          : html`<span class="badge shared">&#9671; ${namespaces.withOthers}</span>`;
    return html`<li class="card"><h3>${kind} <small>${subject(page, kind)}</small></h3><p>${badge}</p>${path === undefined ? undefined : origin(page, kind)}</li>`;
  });
  return html`<p class="note">${sentence(namespaces.notRunning)}</p><ul class="cards">${cards}</ul>`;
}

function idMaps(page: Page): Markup {
  const { words, facts } = page;
  const { idMaps: maps, hostIdsBecause } = facts.container;
  if (maps === null) {
    const because = hostIdsBecause.map((reason) => html`<li lang="en">${reason}</li>`);
    return html`<h3>${words.ids.title}</h3><p class="warning">${sentence(words.ids.none)}</p>${
      because.length === 0 ? undefined : html`<ul>${because}</ul>`
    }`;
  }
  const entries = [
    ...maps.UidMappings.map((map) => ({ kind: words.ids.users, ...map })),
    ...maps.GidMappings.map((map) => ({ kind: words.ids.groups, ...map })),
  ];
  const range = (first: number, size: number) => `${formatCount(first)} - ${formatCount(first + size - 1)}`;
  const shown = entries.slice(0, 24);
  return html`<h3>${words.ids.title}</h3><p>${sentence(words.ids.lead)}</p>${table({
    caption: words.ids.caption,
    head: [words.ids.kind, words.ids.inside, words.ids.outside, words.ids.count],
    rows: shown.map(({ kind, containerID, hostID, size }) => [
      kind,
      html`<code>${range(containerID, size)}</code>`,
      html`<code>${range(hostID, size)}</code>`,
      formatCount(size),
    ]),
  })}${leftOut(page, entries.length - shown.length)}${journalLinks(page, ({ id }) => id === "user.map")}`;
}
