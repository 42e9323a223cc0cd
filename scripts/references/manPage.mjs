// man/brig.1 and the page of each command, man/brig-VERB.1, in the macros of man(7).
import { flagText, mainCommands, shownFlags } from "./tables.mjs";

/** The text of each page by its path. */
export function manPages(tables) {
  const commands = mainCommands(tables);
  const groups = tables.groups.map(({ word, summary }) => [pathOf(word), groupPage({ word, summary }, commands)]);
  const pages = commands.map((command) => [pathOf(command.words), commandPage(command, commands)]);
  // A word that is a command and a group, as `image`, has the page of the command.
  return new Map([["man/brig.1", mainPage(tables)], ...groups, ...pages]);
}

function mainPage(tables) {
  return [
    title("brig"),
    ".SH NAME\nbrig \\- run containers without a daemon\n",
    ".SH SYNOPSIS\n.B brig\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARG\\fR...]\n",
    ".SH DESCRIPTION\n",
    `${line("brig runs containers on Linux. It has no daemon and speaks the command line of Docker. What it does to start a container is a plan, a list of steps that can be printed before (brig plan run) and read afterwards (brig explain).")}`,
    ".PP\n",
    `${line("Most commands need root. brig doctor says what the host offers and lacks.")}`,
    ".SH OPTIONS\n",
    ...shownFlags(tables.globalFlags).map(flag),
    ".SH COMMANDS\n",
    `${line("Each has a page of its own.")}`,
    ...mainCommands(tables).map(listed),
    exitStatus(),
    ".SH ENVIRONMENT\n",
    ...environment.map(([name, text]) => `.TP\n.B ${name}\n${line(text)}`),
    ".SH FILES\n",
    ...files.map(([name, text]) => `.TP\n.I ${name}\n${line(text)}`),
    seeAlso([
      ["namespaces", 7],
      ["cgroups", 7],
      ["user_namespaces", 7],
      ["nft", 8],
    ]),
  ].join("");
}

function commandPage({ words, summary, names, loaded }, commands) {
  const others = names.filter((name) => name !== words);
  const also = others.length === 0 ? "" : line(`The same: ${others.map((name) => `brig ${name}`).join(", ")}.`);
  const usages = `brig ${words} ${loaded.usage}`.trimEnd().split(/\n\s*/);
  const flags = shownFlags(loaded.flags);
  const [group] = words.split(" ");
  const near = commands.filter((command) => command.words !== words && command.words.split(" ")[0] === group);
  return [
    title(pageName(words)),
    `.SH NAME\n${line(`${pageName(words)} - ${uncapitalized(summary)}`)}`,
    `.SH SYNOPSIS\n${usages.map((usage) => line(usage)).join(".br\n")}`,
    `.SH DESCRIPTION\n${line(`${summary}.`)}${also}`,
    ...(flags.length === 0 ? [] : [".SH OPTIONS\n", ...flags.map(flag)]),
    ...(loaded.runsPayload === true ? [exitStatus()] : []),
    seeAlso([["brig", 1], ...near.map((command) => [pageName(command.words), 1])]),
  ].join("");
}

function groupPage({ word, summary }, commands) {
  const members = commands.filter(({ names }) => names.some((name) => name.startsWith(`${word} `)));
  return [
    title(pageName(word)),
    `.SH NAME\n${line(`${pageName(word)} - ${uncapitalized(summary)}`)}`,
    `.SH SYNOPSIS\n.B brig ${word}\n\\fICOMMAND\\fR [\\fIARG\\fR...]\n`,
    ".SH COMMANDS\n",
    ...members.map(listed),
    seeAlso([["brig", 1]]),
  ].join("");
}

const title = (name) =>
  `.\\" Made by node scripts/references.mjs from the tables of the command line.\n.TH ${name.toUpperCase()} 1 "" "brig" "User Commands"\n`;

const pageName = (words) => ["brig", ...words.split(" ")].join("-");

const pathOf = (words) => `man/${pageName(words)}.1`;

const uncapitalized = (text) => (/^[A-Z][a-z]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text);

const listed = ({ words, summary }) => `.TP\n.BR ${escapeRoff(pageName(words))} (1)\n${line(`${summary}.`)}`;

const seeAlso = (pages) =>
  `.SH SEE ALSO\n${pages.map(([name, section]) => `.BR ${escapeRoff(name)} (${section})`).join(",\n")}\n`;

function exitStatus() {
  return `.SH EXIT STATUS\n${line("run, exec, create and start end with the status of the container's program; with 125 when brig failed, 126 when the program cannot be executed and 127 when it was not found. Other commands end with 0, with 1 after a failure and with 125 when they were called wrongly.")}`;
}

const environment = [
  ["BRIG_ROOT, BRIG_RUN_ROOT", "as --root and --run-root"],
  ["BRIG_CONFIG", "as --config"],
  ["BRIG_INSECURE_REGISTRIES", "registries that may be spoken to without TLS, separated by commas"],
  ["DOCKER_CONFIG", "the directory of config.json with the credentials; $HOME/.docker when not set"],
  ["LC_ALL, LC_MESSAGES, LANG", "the language of what explains: English or Korean"],
];

const files = [
  ["/var/lib/brig", "images, layers, containers, volumes and networks"],
  ["/run/brig", "sockets and locks; empty after a reboot"],
  ["/etc/brig/config.yaml", "settings of the machine"],
];

function flag(flag) {
  const names = [...(flag.short === undefined ? [] : [`-${flag.short}`]), `--${flag.long}`];
  const value = flag.value === undefined ? "" : ` \\fI${escapeRoff(flag.value)}\\fR`;
  return `.TP\n${names.map((name) => `\\fB${escapeRoff(name)}\\fR`).join(", ")}${value}\n${line(flagText(flag))}`;
}

/** Text in lines that mandoc takes; one that began with a dot or an apostrophe would be a request (groff(7)). */
function line(text) {
  const lines = [];
  for (const word of escapeRoff(text).split(" ")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= longestLine) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((one) => `${/^[.']/.test(one) ? "\\&" : ""}${one}\n`).join("");
}

const longestLine = 78;

function escapeRoff(text) {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti");
}
