// man/brig.1: the manual page, in the macros of man(7).
import { flagText, mainCommands, shownFlags } from "./tables.mjs";

export function manPage(tables) {
  const commands = mainCommands(tables);
  return [
    '.\\" Made by node scripts/references.mjs from the tables of the command line.\n',
    '.TH BRIG 1 "" "brig" "User Commands"\n',
    ".SH NAME\nbrig \\- run containers without a daemon\n",
    ".SH SYNOPSIS\n.B brig\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARG\\fR...]\n",
    ".SH DESCRIPTION\n",
    `${line("brig runs containers on Linux. It has no daemon and speaks the command line of Docker. What it does to start a container is a plan, a list of steps that can be printed before (brig plan run) and read afterwards (brig explain).")}`,
    ".PP\n",
    `${line("Most commands need root. brig doctor says what the host offers and lacks.")}`,
    ".SH OPTIONS\n",
    ...shownFlags(tables.globalFlags).map(flag),
    ".SH COMMANDS\n",
    ...commands.map(section),
    ".SH EXIT STATUS\n",
    `${line("run, exec, create and start end with the status of the container's program; with 125 when brig failed, 126 when the program cannot be executed and 127 when it was not found. Other commands end with 0, with 1 after a failure and with 125 when they were called wrongly.")}`,
    ".SH ENVIRONMENT\n",
    ...environment.map(([name, text]) => `.TP\n.B ${name}\n${line(text)}`),
    ".SH FILES\n",
    ...files.map(([name, text]) => `.TP\n.I ${name}\n${line(text)}`),
    ".SH SEE ALSO\n.BR namespaces (7),\n.BR cgroups (7),\n.BR user_namespaces (7),\n.BR nft (8)\n",
  ].join("");
}

const environment = [
  ["BRIG_ROOT, BRIG_RUN_ROOT", "as --root and --run-root"],
  ["BRIG_CONFIG", "as --config"],
  ["BRIG_INSECURE_REGISTRIES", "registries that may be spoken to without TLS, separated by commas"],
  ["DOCKER_CONFIG", "the directory of config.json with the credentials; $HOME/.docker when not set"],
  ["LC_ALL, LC_MESSAGES, LANG", "the language of explain, why and doctor: English or Korean"],
];

const files = [
  ["/var/lib/brig", "images, layers, containers, volumes and networks"],
  ["/run/brig", "sockets and locks; empty after a reboot"],
  ["/etc/brig/config.yaml", "settings of the machine"],
];

function section({ words, summary, names, loaded }) {
  const others = names.filter((name) => name !== words);
  const also = others.length === 0 ? "" : `${line(`Also: ${others.map((name) => `brig ${name}`).join(", ")}.`)}`;
  const usages = `brig ${words} ${loaded.usage}`.trimEnd().split(/\n\s*/);
  const flags = shownFlags(loaded.flags);
  return [
    `.SS ${escapeRoff(`brig ${words}`)}\n`,
    line(`${summary}.`),
    also,
    ...usages.map((usage) => `.PP\n${line(usage)}`),
    ...flags.map(flag),
  ].join("");
}

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
