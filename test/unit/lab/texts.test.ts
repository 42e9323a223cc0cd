import assert from "node:assert/strict";
import test from "node:test";
import { type Lab, labs, type Text } from "../../../src/lab/index.ts";
import { labWords } from "../../../src/lab/labWords.ts";
import { languages } from "../../../src/messages/index.ts";

const hangul = /[가-힣]/;

function textsOf({ title, story, task, hints, solution }: Lab): readonly Text[] {
  return [title, story, task, ...hints, solution];
}

test("the labs have the numbers from 1 on, in order, and names of their own", () => {
  assert.deepEqual(
    labs.map(({ number }) => number),
    labs.map((_, index) => index + 1),
  );
  assert.equal(new Set(labs.map(({ id }) => id)).size, labs.length);
  for (const { id } of labs) assert.match(id, /^[a-z]+(-[a-z]+)*$/);
});

for (const lab of labs) {
  test(`lab ${lab.number} (${lab.id}) has two or three hints, and every text in every language`, () => {
    assert.ok(lab.hints.length >= 2 && lab.hints.length <= 3, "hints");
    for (const text of textsOf(lab)) {
      for (const language of languages) assert.ok(text[language].trim().length > 5, JSON.stringify(text));
      assert.doesNotMatch(text.en, hangul);
    }
    for (const text of [lab.title, lab.story, lab.task, lab.solution]) assert.match(text.ko, hangul);
  });
}

test("what the commands say has the same members in every language", () => {
  for (const language of languages) assert.deepEqual(Object.keys(labWords[language]), Object.keys(labWords.en));
});
