// Writes docs/reference/, man/ and the list of manual pages in package.json from the tables of the program; with --check it only
// says which of them are not as the tables are.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandsPage } from "./references/commandsPage.mjs";
import { errorsPage } from "./references/errorsPage.mjs";
import { manPages } from "./references/manPage.mjs";
import { stepsPage } from "./references/stepsPage.mjs";
import { readTables } from "./references/tables.mjs";
import { projectRoot } from "./steps/project.mjs";

const tables = await readTables();
const manual = manPages(tables);
const pages = new Map([
  ["docs/reference/commands.md", commandsPage(tables)],
  ["docs/reference/errors.md", errorsPage(tables)],
  ["docs/reference/steps.md", stepsPage(tables)],
  ...manual,
  ["package.json", withManual([...manual.keys()].sort())],
]);

const isCheck = process.argv.includes("--check");
for (const [name, text] of pages) {
  const path = join(projectRoot, name);
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
  if (isCheck) complain(`${name} is not as the tables are`);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
for (const name of readdirSync(join(projectRoot, "man")).map((file) => `man/${file}`)) {
  if (pages.has(name)) continue;
  if (isCheck) complain(`${name} is the page of no command`);
  else rmSync(join(projectRoot, name));
}

function complain(what) {
  process.stderr.write(`${what}: node scripts/references.mjs\n`);
  process.exitCode = 1;
}

/** What npm puts into the manual. */
function withManual(names) {
  const description = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
  return `${JSON.stringify({ ...description, man: names.map((name) => `./${name}`) }, null, 2)}\n`;
}
