// Writes docs/reference/ and man/brig.1 from the tables of the program; with --check it only says which of them are not as the
// tables are.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandsPage } from "./references/commandsPage.mjs";
import { errorsPage } from "./references/errorsPage.mjs";
import { manPage } from "./references/manPage.mjs";
import { stepsPage } from "./references/stepsPage.mjs";
import { readTables } from "./references/tables.mjs";
import { projectRoot } from "./steps/project.mjs";

const pages = {
  "docs/reference/commands.md": commandsPage,
  "docs/reference/errors.md": errorsPage,
  "docs/reference/steps.md": stepsPage,
  "man/brig.1": manPage,
};

const tables = await readTables();
for (const [name, page] of Object.entries(pages)) {
  const path = join(projectRoot, name);
  const text = page(tables);
  if (process.argv.includes("--check")) {
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    process.stderr.write(`${name} is not as the tables are: node scripts/references.mjs\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
