// Writes docs/REGRESSIONS.md from the remarks at the head of the test files; with --check it only says whether the page is as
// the files have it. A remark is
//   // @regression V07 CVE-2019-19921
//   // @wrong What went wrong elsewhere; a line that begins with two more blanks
//   //   goes on with the same.
//   // @rule R2                      (where a rule of docs/THREAT-MODEL.md removes the whole class)
//   // @defence What is in the way here.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const projectRoot = fileURLToPath(new URL("..", import.meta.url));
const page = join(projectRoot, "docs/REGRESSIONS.md");

const intro = `# Named regressions

Vulnerabilities of other container engines, and the tests that try each of them on brig. This page is made from the heads of the
test files (\`node scripts/regressions.mjs\`), and a test compares it with them. The rules (R1 to R12) are those of
[THREAT-MODEL.md](THREAT-MODEL.md). A number that is missing belongs to something that brig does not have.

| Id | What went wrong elsewhere | Rule | Defence | Test |
|---|---|---|---|---|
`;

/** The remarks of one file; throws for one that is not whole. */
function readRemarks(file) {
  const lines = readFileSync(join(projectRoot, file), "utf8").split("\n");
  const remarks = [];
  let into;
  for (const line of lines) {
    const [, word, text] = /^\/\/ @(regression|wrong|rule|defence) (.+)$/.exec(line) ?? [];
    const [, more] = /^\/\/ {3}(\S.*)$/.exec(line) ?? [];
    if (word === "regression") {
      const [id, ...names] = text.split(" ");
      remarks.push({ id, names: names.join(" "), file });
    }
    if (word !== undefined && word !== "regression" && remarks.length > 0) remarks.at(-1)[word] = text;
    else if (word === undefined && more !== undefined && into !== undefined) remarks.at(-1)[into] += ` ${more}`;
    if (word !== undefined) into = word === "regression" ? undefined : word;
    else if (more === undefined) into = undefined;
  }
  const broken = remarks.find(({ id, wrong, defence }) => !/^V\d\d$/.test(id) || !wrong || !defence);
  if (broken !== undefined) throw new Error(`${file}: the remark of ${broken.id} lacks its id, @wrong or @defence`);
  return remarks;
}

function format(remarks) {
  const rows = remarks.map(({ id, names, wrong, rule, defence, file }) => {
    const what = names === "" ? wrong : `${names}: ${wrong}`;
    const cells = [id, what, rule ?? "", defence, `[${file.replace(/^test\//, "")}](../${file})`];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  });
  return `${intro}${rows.join("")}`;
}

const files = readdirSync(join(projectRoot, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => `test/${name}`)
  .sort();
const remarks = files.flatMap(readRemarks).sort((one, other) => one.id.localeCompare(other.id));
const text = format(remarks);
if (!process.argv.includes("--check")) writeFileSync(page, text);
else if (readFileSync(page, "utf8") !== text) {
  process.stdout.write("docs/REGRESSIONS.md is not what the test files say: run node scripts/regressions.mjs\n");
  process.exitCode = 1;
}
