import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { loadReasons } from "../../../src/messages/index.ts";
import { koreanReasons } from "../../../src/messages/reasons/korean.ts";
import { translator } from "../../../src/messages/reasons/translate.ts";
import { readSources } from "../../support/architecture/sources.ts";
import { bare, readLiterals } from "./literals.ts";

/** The files whose sentences are reasons of steps. */
const planners =
  /^src\/(?:launch\/(?:compile\w+|borrowedMounts|mountIds|oomScore|executeNetwork)|network\/(?:plan\/\w+|ports\/(?:planPorts|changePublished)|check\/strayPorts))\.ts$/;
/** What else has a space in it there: lines for ip(8), paths, messages. */
const noReason =
  /\\n$|^(?:(?:link|addr|name|via|route) |fe80::1|02:42:|sys\/|\/proc\/|\{\}[:/]|\{\} \{\}|cannot |no record |exec \{\}$|changeprofile \{\}$|\s+$)|^it ended without a word$/;

/** Sentences with `{}` for each value, by the file that has them. */
function reasonsInSources(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [path, text] of readSources("src", ".ts")) {
    if (!planners.test(path) || !/\bwhy\b|\btexts\b/.test(text)) continue;
    for (const sentence of readLiterals(text)) {
      if ((sentence.includes(" ") || sentence === "--read-only") && !noReason.test(sentence)) found.set(sentence, path);
    }
  }
  return found;
}

// A value that the source joins to the end may be a part of the sentence: `how {} shows its source{}`.
test("every reason of the planners has a Korean sentence, and no Korean sentence is of a reason that is gone", () => {
  const known = new Set(Object.keys(koreanReasons).map(bare));
  const written = reasonsInSources();
  assert.ok(written.size > 80, `only ${written.size} reasons were found`);
  const missing = [...written].filter(([text]) => !known.has(text) && !known.has(text.replace(/\{\}$/, "")));
  assert.deepEqual(missing, []);
  const joined = new Set([...written.keys()].flatMap((text) => [text, text.replace(/\{\}$/, "")]));
  const gone = [...known].filter((text) => !joined.has(text) && !joined.has(text.replace(/: read-only$/, "")));
  assert.deepEqual(gone, []);
});

test("both sides of each reason have the same values, and the Korean one says something", () => {
  const valuesOf = (text: string) => [...text.matchAll(/\{(\w*)\}/g)].map(([, name]) => name).sort();
  for (const [from, to] of Object.entries(koreanReasons)) {
    assert.deepEqual(valuesOf(to), valuesOf(from), from);
    assert.match(to, /\p{Script=Hangul}/u, from);
    assert.doesNotMatch(to, /\}["']?(?:이|가|을|를|은|는|와|과|로|으로)(?=[\s,.]|$)|[.]$/u, from);
  }
});

test("every reason in the plans of the golden files is translated", async () => {
  const say = await loadReasons("ko");
  const directory = "test/golden/plans";
  for (const name of readdirSync(directory)) {
    for (const line of readFileSync(join(directory, name), "utf8").split("\n")) {
      const why = /^\s+\d+ .* {2}(\S.*)$/.exec(line)?.[1];
      if (why !== undefined) assert.match(say(why), /\p{Script=Hangul}/u, `${name}: ${why}`);
    }
  }
});

test("a reason of another version stays as it is, English stays English", async () => {
  assert.equal((await loadReasons("ko"))("because it was so"), "because it was so");
  assert.equal((await loadReasons("en"))("a layer of the image"), "a layer of the image");
});

test("translator() takes values over, whatever is in them", () => {
  const say = translator({ "a {x} of {y}": "{y}의 {x}", "a mount": "마운트", "how {p} is: read-only": "{p}!" });
  assert.equal(say("a {y} of $& of z"), "$& of z의 {y}");
  assert.equal(say("a mount"), "마운트");
  assert.equal(say("how a: b is: read-only"), "a: b!");
  assert.equal(say("a of"), "a of");
});
