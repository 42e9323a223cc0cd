import assert from "node:assert/strict";
import test from "node:test";
import { catalogue, type Language, loadMessages, type Topic } from "../../../src/messages/index.ts";
import { readEntries } from "./entries.ts";

const topics = Object.keys(catalogue) as Topic[]; // the catalogue's own keys are its topics

/** Entries of names and values alone. */
const wordless: ReadonlySet<string> = new Set([
  "doctor.root.good",
  "doctor.dataRoot.place",
  "doctor.cgroup.title",
  "why.mount.named",
  "journal.started",
  "posture.columns.docker",
]);

async function entriesOf(topic: Topic, language: Language) {
  return readEntries(await loadMessages(topic, language), topic);
}

for (const topic of topics) {
  test(`the messages about ${topic} are whole in both languages`, async () => {
    const [english, korean] = [await entriesOf(topic, "en"), await entriesOf(topic, "ko")];
    assert.deepEqual([...korean.keys()], [...english.keys()]);
    for (const [path, { text, values }] of korean) {
      assert.deepEqual(values, english.get(path)?.values, `${path} does not use the same values`);
      if (!wordless.has(path)) assert.match(text, /\p{Script=Hangul}/u, `${path} says nothing in Korean`);
    }
    for (const [path, { text }] of english) assert.match(text, /^[\x20-\x7e⟨⟩]+$/, `${path} is not English`);
  });

  test(`the messages about ${topic} are single lines without an end, as sentences of others can follow`, async () => {
    for (const language of ["en", "ko"] as const) {
      for (const [path, { text }] of await entriesOf(topic, language)) {
        assert.doesNotMatch(text, /\n|^\s|\s$|[.]$|undefined|\[object/, `${path} in ${language}`);
      }
    }
  });

  test(`no Korean particle about ${topic} depends on the sound of a value before it`, async () => {
    for (const [path, { text }] of await entriesOf(topic, "ko")) {
      assert.doesNotMatch(text, /⟩["']?(?:이|가|을|를|은|는|와|과|로|으로)(?=[\s,.]|$)/u, path);
    }
  });
}

test("readEntries() sees which values an entry uses, and that one is missing", () => {
  const english = { a: "x", b: { c: ({ name, size }: { name: string; size: number }) => `${name} has ${size}` } };
  const korean: typeof english = { a: "엑스", b: { c: ({ name }) => `${name} 있음` } };
  assert.deepEqual(readEntries(english, "t").get("t.b.c"), { text: "⟨name⟩ has ⟨size⟩", values: ["name", "size"] });
  assert.deepEqual(readEntries(korean, "t").get("t.b.c")?.values, ["name"]);
});
