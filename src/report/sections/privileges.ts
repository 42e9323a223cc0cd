import type { CallVerdict } from "../../launch/index.ts";
import { allCapabilities } from "../../namespaces/index.ts";
import { stackedBar } from "../markup/bars.ts";
import { html, type Markup, within } from "../markup/html.ts";
import { factList } from "../markup/table.ts";
import { journalLinks, leftOut, type Page, section, sentence } from "../page.ts";
import { formatCount } from "../quantities.ts";
import { countVerdicts } from "./calls.ts";

/** What the container may do, beside what Docker would have let it do. */
export function privilegesSection(page: Page): Markup {
  const { words } = page;
  return section(
    page,
    "privileges",
    html`<h3>${words.capabilities.title}</h3>${capabilities(page)}<h3>${words.calls.title}</h3>${calls(page)}<h3>${words.process.title}</h3>${processFacts(page)}`,
  );
}

const capabilityGroups = ["both", "more", "less", "neither"] as const;
const marks = { both: "●", more: "+", less: "−", neither: "○" } as const;

function capabilities(page: Page): Markup {
  const { words, facts } = page;
  const { spec, dockerCapabilities } = facts.surroundings;
  const own = new Set(spec.process.capabilities.bounding);
  const docker = new Set(dockerCapabilities);
  const groupOf = (name: string) =>
    own.has(name) ? (docker.has(name) ? "both" : "more") : docker.has(name) ? "less" : "neither";
  const groups = capabilityGroups.map((group) => {
    const names = allCapabilities.filter((name) => groupOf(name) === group);
    const items = names.map(
      (name) => html`<li><span aria-hidden="true">${marks[group]}</span> ${name.replace("CAP_", "")}</li>`,
    );
    return html`<div class="caps ${group}"><h4>${words.capabilities[group]({ count: String(names.length) })}</h4>${
      names.length === 0 ? html`<p class="note">-</p>` : html`<ul class="chips mono">${items}</ul>`
    }</div>`;
  });
  return html`<p>${sentence(words.capabilities.lead)}</p><div class="cap-grid">${groups}</div>${journalLinks(page, ({ id }) => id.startsWith("priv.bounding") || id.startsWith("priv.cap"))}`;
}

function calls(page: Page): Markup {
  const { words, facts } = page;
  const { spec, calls: own, dockerCalls } = facts.surroundings;
  const texts = words.calls;
  const off = spec.linux.seccomp === undefined ? html`<p class="warning">${sentence(texts.off)}</p>` : undefined;
  return html`${off}<p>${sentence(texts.lead)}</p><div class="two"><div>${verdictBar(page, texts.here, own)}</div><div>${verdictBar(page, texts.docker, dockerCalls)}</div></div>
<p class="legend"><span class="key allowed">${texts.allowed}</span> <span class="key depends">${texts.depends}</span> <span class="key refused">${texts.refused}</span></p>
${differences(page)}${listed(
  page,
  texts.refusedHere,
  [...own].filter(([, verdict]) => verdict === "refused").map(([name]) => name),
)}${listed(
  page,
  texts.dependsHere,
  [...own].filter(([, verdict]) => verdict === "depends").map(([name]) => name),
)}${journalLinks(page, ({ id }) => id === "priv.seccomp")}`;
}

function verdictBar(
  { words: { calls: texts } }: Page,
  name: string,
  verdicts: ReadonlyMap<string, CallVerdict>,
): Markup {
  const { allowed, depends, refused } = countVerdicts(verdicts);
  const all = Math.max(1, allowed + depends + refused);
  const counts = { allowed: String(allowed), depends: String(depends), refused: String(refused) };
  return html`<p><strong>${name}</strong></p>${stackedBar(`${name}: ${texts.counts(counts)}`, [
    { kind: "allowed", share: allowed / all },
    { kind: "depends", share: depends / all },
    { kind: "refused", share: refused / all },
  ])}<p class="note">${texts.counts(counts)}</p>`;
}

function differences(page: Page): Markup {
  const { words, facts } = page;
  const { calls: own, dockerCalls } = facts.surroundings;
  const texts = words.calls;
  const strict = (verdict: CallVerdict | undefined) => (verdict === "refused" ? 2 : verdict === "depends" ? 1 : 0);
  const looser = [...own].filter(([name, verdict]) => strict(verdict) < strict(dockerCalls.get(name)));
  const stricter = [...own].filter(([name, verdict]) => strict(verdict) > strict(dockerCalls.get(name)));
  if (looser.length + stricter.length === 0) return html`<p>${sentence(texts.same)}</p>`;
  return html`${chips(
    page,
    texts.looser({ count: formatCount(looser.length) }),
    looser.map(([name]) => `+ ${name}`),
  )}${chips(
    page,
    texts.stricter({ count: formatCount(stricter.length) }),
    stricter.map(([name]) => `− ${name}`),
  )}`;
}

function chips(page: Page, title: string, names: readonly string[]): Markup | undefined {
  if (names.length === 0) return undefined;
  const shown = within(6000, names, (name) => html`<li>${name}</li>`);
  return html`<h4>${title}</h4><ul class="chips mono">${shown.pieces}</ul>${leftOut(page, shown.left)}`;
}

function listed(page: Page, title: string, names: readonly string[]): Markup | undefined {
  if (names.length === 0) return undefined;
  const shown = within(10_000, names, (name) => html`<li>${name}</li>`);
  return html`<details><summary>${title} (${formatCount(names.length)})</summary><ul class="chips mono">${shown.pieces}</ul>${leftOut(page, shown.left)}</details>`;
}

function processFacts(page: Page): Markup {
  const { words, facts } = page;
  const { spec, live } = facts.surroundings;
  const { process: texts } = words;
  const { user, noNewPrivileges, apparmorProfile, oomScoreAdj, rlimits } = spec.process;
  const limits = within(
    3000,
    rlimits,
    ({ type, soft, hard }) => html`<code>${type}</code> ${limit(soft)} / ${limit(hard)}<br>`,
  );
  return html`${factList([
    [texts.user, `${user.uid}:${user.gid}`],
    [texts.groups, user.additionalGids.slice(0, 64).join(" ")],
    [texts.noNewPrivileges, noNewPrivileges ? texts.yes : texts.no],
    [texts.seccomp, live?.process.get("seccomp")],
    [texts.appArmor, apparmorProfile],
    [texts.oomScore, oomScoreAdj === undefined ? undefined : String(oomScoreAdj)],
    [texts.readOnly, spec.root.readonly ? texts.yes : texts.no],
    [texts.limits, limits.pieces.length === 0 ? undefined : limits.pieces],
  ])}${journalLinks(page, ({ id }) => id.startsWith("priv.identity") || id.startsWith("limit."))}`;
}

/** RLIM_INFINITY is written as -1 or as the largest number there is. */
function limit(value: number): string {
  return value < 0 || value > Number.MAX_SAFE_INTEGER ? "∞" : formatCount(value);
}
