import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { type Language, languages, loadMessages, loadReasons } from "../../../src/messages/index.ts";
import type { ReportFacts } from "../../../src/report/facts.ts";
import { reportPage } from "../../../src/report/index.ts";
import { colours } from "../../../src/report/style.ts";
import { sampleFacts } from "./sampleFacts.ts";

async function draw(facts: ReportFacts, language: Language = "en"): Promise<string> {
  return reportPage(facts, {
    language,
    words: await loadMessages("report", language),
    say: await loadReasons(language),
  });
}

/** The same facts with another text wherever there is one that a stranger may have written. */
function hostile<Value>(value: Value, text: (original: string) => string): Value {
  return replace(value, text) as Value; // of the same shape
}

function replace(value: unknown, text: (original: string) => string): unknown {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.map((inner) => replace(inner, text));
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [text(String(key)), inner]));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner, text)]));
}

/** Words that the page decides by, which are the engine's own and not a stranger's. */
const ownWords = new Set(["running", "host", "child", "init", "own", "above", "added", "removed", "changed", "bridge"]);
const attack = `"'><script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">\u202e</style></title>`;

const tags = new Set(
  `html head meta title style body a div header p span h1 h2 h3 h4 dl dt dd ul ol li nav fieldset legend label input main section
  article figure figcaption table caption thead tbody tr th td svg rect strong b i small code details summary footer br`.split(
    /\s+/,
  ),
);
const attributes = new Set(
  `lang charset http-equiv content name class href id aria-label aria-labelledby aria-hidden type checked tabindex role scope
  data-label viewBox preserveAspectRatio x y width height value open`.split(/\s+/),
);

/** Every tag of a page with its attributes, as a parser of HTML sees them outside of the style. */
function tagsOf(page: string): readonly { readonly tag: string; readonly names: readonly string[] }[] {
  const text = page.replace(/<style>[^<]*<\/style>/, "");
  return [...text.matchAll(/<([a-zA-Z][^\s/>]*)((?:\s+[^\s=>]+(?:="[^"]*")?)*)\s*\/?>/g)].map(
    ([, tag = "", rest = ""]) => ({
      tag,
      names: [...rest.matchAll(/\s([^\s=]+)(?:="[^"]*")?/g)].map(([, name = ""]) => name),
    }),
  );
}

for (const language of languages) {
  test(`a page in ${language} is whole: every link leads somewhere, and no value is missing`, async () => {
    const page = await draw(sampleFacts, language);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const links = [...page.matchAll(/ href="([^"]+)"/g)].map(([, link = ""]) => link);
    assert.equal(new Set(ids).size, ids.length);
    for (const link of links) assert.ok(link.startsWith("#") && ids.includes(link.slice(1)), link);
    assert.match(page, new RegExp(`<html lang="${language}">`));
    assert.doesNotMatch(page, /undefined|\[object|NaN|null/);
    for (const name of ["timeline", "namespaces", "mounts", "groups", "network", "privileges", "flags", "journal"]) {
      assert.ok(ids.includes(name), name);
    }
  });

  test(`whatever strangers write is text on a page in ${language}`, async () => {
    const facts = hostile(sampleFacts, (original) => (ownWords.has(original) ? original : attack));
    const page = await draw(facts, language);
    const opened = page.match(/<[a-zA-Z]/g)?.length ?? 0;
    const seen = tagsOf(page);
    assert.equal(seen.length + 1, opened, "a tag is not closed as it should be"); // the style was taken out
    for (const { tag, names } of seen) {
      assert.ok(tags.has(tag), `<${tag}>`);
      for (const name of names) assert.ok(attributes.has(name), `${name} of <${tag}>`);
    }
    assert.doesNotMatch(page, /\u202e/);
    assert.ok(page.includes("&lt;script&gt;"));
  });
}

test("a page has less than 500 KB, whatever there is of a container", async () => {
  const long = (original: string) => (ownWords.has(original) ? original : `${original}<"'&>`.padEnd(5000, "<가"));
  const many = <Item>(items: readonly Item[], count = 3000) => Array.from({ length: count }, () => items).flat();
  const { container, journal, surroundings, layers = [], flags } = hostile(sampleFacts, long);
  assert.ok(journal !== undefined && flags !== undefined && surroundings.live !== undefined);
  const { network, live } = surroundings;
  const facts: ReportFacts = {
    ...sampleFacts,
    container: {
      ...container,
      ...{ command: many(container.command), variables: many(container.variables), labels: many(container.labels) },
    },
    journal: { ...journal, calls: many(journal.calls).map((call, index) => ({ ...call, step: `s${index % 1500}` })) },
    layers: many(layers),
    flags: {
      ...flags,
      effects: many(flags.effects, 100).map((effect) => ({ ...effect, changes: many(effect.changes, 100) })),
    },
    surroundings: {
      ...surroundings,
      groups: many(surroundings.groups, 100),
      layers: many(surroundings.layers),
      live: {
        ...live,
        ...{ mounts: many(live.mounts), hostMounts: many(live.hostMounts), others: many(live.others, 1000) },
      },
      network: {
        ...network,
        ...{
          ports: many(network.ports),
          ends: many(network.ends, 100),
          rules: network.rules ?? { chains: [], elements: [] },
        },
      },
    },
  };
  for (const language of languages) {
    const bytes = Buffer.byteLength(await draw(facts, language));
    assert.ok(bytes < 500_000, `${bytes} bytes in ${language}`);
  }
});

test("the page lets nothing pass but its own style, and loads nothing", async () => {
  const page = await draw(sampleFacts);
  const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  assert.ok(page.includes(`content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;;`));
  assert.doesNotMatch(page, /https?:|\bsrc=|url\(|@import|<script|<link|style="/);
});

test("facts that are not there leave a page that says so", async () => {
  const { journal: _journal, layers: _layers, usage: _usage, flags: _flags, ...rest } = sampleFacts;
  const { live: _live, ...still } = rest.surroundings;
  const facts = {
    ...rest,
    container: { ...rest.container, Status: "created", idMaps: null, hostIdsBecause: ["--userns=host"] },
    surroundings: { ...still, groups: [], network: { mode: "host", ends: [], ports: [], wanted: [] } },
    unplanned: "the network is gone",
  };
  const page = await draw(facts);
  for (const sentence of [
    "This container was never started",
    "It does not run",
    "There is no control group",
    "the network of the host",
    "Ids are the host&#39;s",
    "the network is gone",
    "The image cannot be read any more",
  ]) {
    assert.ok(page.includes(sentence), sentence);
  }
});

test("a failed start shows the call that ended it", async () => {
  const { journal } = sampleFacts;
  assert.ok(journal !== undefined);
  const page = await draw({ ...sampleFacts, journal: { ...journal, outcome: "failed" } });
  assert.match(page, /The last start failed[^<]*<\/strong> <code>execve\([^)]*\) = ENOENT<\/code>/);
});

/** Relative luminance and contrast as WCAG 2 defines them. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
    const [red = 0, green = 0, blue = 0] = parts.map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test("texts have enough contrast on every ground, and drawings on theirs", () => {
  for (const [scheme, set] of Object.entries(colours)) {
    for (const ground of [set.paper, set.sheet, set.shade]) {
      for (const text of [set.ink, set.soft, set.accent, set.warn])
        assert.ok(contrast(text, ground) >= 4.5, `${scheme}: ${text} on ${ground}`);
    }
    for (const [text, ground] of [
      [set.accent, set.ground],
      [set.warn, set.warnground],
      [set.soft, set.ground],
      [set.ink, set.ground],
    ] as const)
      assert.ok(contrast(text, ground) >= 4.5, `${scheme}: ${text} on ${ground}`);
    for (const mark of [set.host, set.child, set.init, set.links, set.ports, set.other, set.accent, set.warn])
      assert.ok(contrast(mark, set.rest) >= 3, `${scheme}: ${mark} on ${set.rest}`);
  }
});
