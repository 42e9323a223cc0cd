import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import test from "node:test";
import { labs } from "../../../src/lab/index.ts";
import { projectRoot } from "../../support/projectPaths.ts";

const directories = { en: join(projectRoot, "docs/lessons"), ko: join(projectRoot, "docs/lessons/ko") };

const names = labs.map(({ number, id }) => `${String(number).padStart(2, "0")}-${id}.md`);

for (const [language, directory] of Object.entries(directories)) {
  test(`there is a lesson for each lab, and none without (${language})`, () => {
    assert.deepEqual(
      readdirSync(directory).filter((name) => /^\d/.test(name)),
      names,
    );
  });

  for (const name of [...names, "README.md"]) {
    test(`everything that lesson ${language}/${name} leads to is there`, () => {
      const path = join(directory, name);
      const text = readFileSync(path, "utf8");
      const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = ""]) => link);
      assert.ok(links.length > 0);
      for (const link of links) assert.ok(existsSync(resolve(dirname(path), link)), link);
      if (name === "README.md") return;
      assert.equal([...text.matchAll(/^## /gm)].length, 6, "idea, code, experiment, check, what breaks, manual pages");
      // A function that is named beside a file is in it.
      for (const [, file = "", names = ""] of text.matchAll(/^- \[`([^`]+)`\]\([^)]+\): (.*)$/gm)) {
        const source = readFileSync(join(projectRoot, file), "utf8");
        for (const [, word = ""] of names.matchAll(/`(\w+)`/g)) assert.ok(source.includes(word), `${word} in ${file}`);
      }
    });
  }
}
