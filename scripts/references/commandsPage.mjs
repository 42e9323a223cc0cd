// docs/reference/commands.md: every command with every flag.
import { flagText, mainCommands, shownFlags } from "./tables.mjs";

const intro = `# Commands

Every command of brig and every flag. This page is made from the tables that the command line itself is made of
(\`node scripts/references.mjs\`), and the checks fail when it is not as they are.

\`brig [OPTIONS] COMMAND [ARG...]\`

## Global options

`;

export function commandsPage(tables) {
  const commands = mainCommands(tables);
  const contents = commands.map(
    ({ words, summary }) => `- [brig ${words}](#brig-${words.replaceAll(" ", "-")}): ${summary}\n`,
  );
  const groups = tables.groups.map(({ word, summary }) => `| \`brig ${word}\` | ${cell(summary)} |\n`);
  return [
    intro,
    flagTable(tables.globalFlags),
    "\n## Groups\n\n| | |\n|---|---|\n",
    ...groups,
    "\n## Contents\n\n",
    ...contents,
    ...commands.map(section),
  ].join("");
}

function section({ words, summary, names, loaded }) {
  const others = names.filter((name) => name !== words).map((name) => `\`brig ${name}\``);
  const also = others.length === 0 ? "" : `\nThe same: ${others.join(", ")}.\n`;
  const usage = `brig ${words} ${loaded.usage}`.trimEnd();
  const table = flagTable(loaded.flags);
  return `\n## brig ${words}\n\n${summary}.\n\n\`\`\`\n${usage}\n\`\`\`\n${also}${table === "" ? "" : `\n${table}`}`;
}

function flagTable(flags) {
  const shown = shownFlags(flags);
  if (shown.length === 0) return "";
  const rows = shown.map((flag) => {
    const names = [...(flag.short === undefined ? [] : [`-${flag.short}`]), `--${flag.long}`].map(
      (name) => `\`${name}\``,
    );
    return `| ${names.join(", ")} | ${cell(flag.value ?? "")} | ${cell(flagText(flag))}${flag.repeatable ? " (repeatable)" : ""} |\n`;
  });
  return `| flag | value | |\n|---|---|---|\n${rows.join("")}`;
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
