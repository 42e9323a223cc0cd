import { resolve } from "node:path";
import {
  parseContainerName,
  parseEnvFlag,
  parseLabel,
  parsePlatform,
  parsePullPolicy,
  parseSignal,
  parseWorkdir,
} from "../../../container/index.ts";
import type { Flag } from "../flag.ts";
import { parseInteger, parseUnsigned } from "../numbers.ts";
import { each, onOff, option, pair, type RunDraft, text } from "../runDraft.ts";
import { switchInto } from "../sharedFlags.ts";

/** What runs, as whom, with which words around it. */
export const processFlags: readonly Flag<RunDraft>[] = [
  {
    long: "annotation",
    value: "map",
    repeatable: true,
    text: "note for the OCI runtime configuration (key=value)",
    read: pair("annotations", parseLabel),
  },
  { long: "cidfile", value: "string", text: "write the id of the container to this new file", read: text("cidfile") },
  {
    long: "entrypoint",
    value: "string",
    text: "program to run instead of the image's; empty for none",
    read: text("entrypoint"),
  },
  {
    long: "env",
    short: "e",
    value: "list",
    repeatable: true,
    text: "environment variable (KEY=value, or KEY to take it from here)",
    read: each("env", (entry, { env }) => parseEnvFlag(entry, env)),
  },
  {
    long: "env-file",
    value: "list",
    repeatable: true,
    text: "file with one environment variable a line",
    read: (draft, path) => {
      draft.envFiles.push(path);
    },
  },
  {
    long: "group-add",
    value: "list",
    repeatable: true,
    text: "further group of the process (name or number)",
    read: each("groupAdd", (group) => group),
  },
  {
    long: "init",
    text: "put a small init in front that reaps orphans and passes signals on; with =auto only before a shell",
    alsoTakes: ["auto"],
    read: (draft, value) => {
      draft.options.init = value === "auto" ? value : value === "true";
    },
  },
  { long: "interactive", short: "i", text: "keep stdin open", read: onOff("interactive") },
  {
    long: "label",
    short: "l",
    value: "list",
    repeatable: true,
    text: "label of the container (key=value)",
    read: pair("labels", parseLabel),
  },
  {
    long: "label-file",
    value: "list",
    repeatable: true,
    text: "file with one label a line",
    read: (draft, path) => {
      draft.labelFiles.push(path);
    },
  },
  { long: "name", value: "string", text: "name of the container", read: option("name", parseContainerName) },
  {
    long: "pidfile",
    value: "string",
    text: "file that holds the number of the container's first process while it runs",
    read: option("pidFile", (path, { cwd }) => resolve(cwd, path)),
  },
  {
    long: "platform",
    value: "string",
    text: "which variant of the image (os/arch[/variant])",
    read: option("platform", parsePlatform),
  },
  {
    long: "pull",
    value: "string",
    text: "when to pull the image: always, missing or never",
    fallback: "missing",
    read: option("pull", parsePullPolicy),
  },
  { long: "quiet", short: "q", text: "say nothing about the pull", read: switchInto<RunDraft>("quiet") },
  { long: "replace", text: "remove the container that has the name first, even if it runs", read: onOff("replace") },
  { long: "rm", text: "remove the container and its anonymous volumes when it has ended", read: onOff("remove") },
  {
    long: "runtime",
    value: "string",
    text: "OCI runtime to start the container with",
    unsupported: 'brig starts containers itself; "brig plan run --bundle DIR" writes a bundle for other runtimes',
  },
  {
    long: "stop-signal",
    value: "string",
    text: "signal that asks the process to end",
    read: option("stopSignal", parseSignal),
  },
  {
    long: "stop-timeout",
    value: "int",
    text: "seconds between that signal and SIGKILL; -1 waits for ever",
    fallback: "10",
    read: option("stopTimeoutSec", parseInteger),
  },
  {
    long: "timeout",
    value: "uint",
    text: "seconds after which the container is ended for good",
    read: option("timeoutSec", (text) => parseUnsigned(text, 2_147_483)),
  },
  { long: "tty", short: "t", text: "give the process a terminal", read: onOff("tty") },
  {
    long: "user",
    short: "u",
    value: "string",
    text: "user and group of the process (name or number, user[:group])",
    read: text("user"),
  },
  {
    long: "workdir",
    short: "w",
    value: "string",
    text: "directory to start in, made if missing",
    read: option("workdir", parseWorkdir),
  },
];
