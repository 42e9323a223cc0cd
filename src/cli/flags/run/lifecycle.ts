import {
  parseAttach,
  parseDetachKeys,
  parseDuration,
  parseHealthAction,
  parseLogOption,
  parseRestartPolicy,
  shellTest,
} from "../../../container/index.ts";
import type { Flag } from "../flag.ts";
import { parseInteger } from "../numbers.ts";
import { each, health, onOff, option, pair, type RunDraft, text } from "../runDraft.ts";
import { longHelpFlag, switchInto } from "../sharedFlags.ts";

/** How a container lives beside its caller, and what is told about it. */
export const lifecycleFlags: readonly Flag<RunDraft>[] = [
  {
    long: "attach",
    short: "a",
    value: "list",
    repeatable: true,
    text: "attach to stdin, stdout or stderr only",
    read: each("attach", parseAttach),
  },
  {
    long: "break",
    value: "list",
    repeatable: true,
    text: "stop before:STEP or after:STEP of the plan, and ask what to do (STEP: an id, a phase or an operation)",
    read: (draft, text) => void draft.breaks.push(text),
  },
  {
    long: "detach",
    short: "d",
    text: "leave the container running and print its id",
    read: switchInto<RunDraft>("detach"),
  },
  {
    long: "detach-keys",
    value: "string",
    text: "keys that detach the terminal",
    fallback: "ctrl-p,ctrl-q",
    read: option("detachKeys", parseDetachKeys),
  },
  {
    long: "disable-content-trust",
    text: "no effect",
    hidden: true,
    ignored: "brig checks every digest and no Notary signatures",
  },
  {
    long: "explain",
    alsoTakes: ["verify"],
    text: "show each step as it was really carried out; =verify compares it with a trace of the system calls",
    read: (draft, value) => {
      draft.explain = value === "verify" ? "verify" : value === "true";
    },
  },
  {
    long: "health-cmd",
    value: "string",
    text: "command that says whether the container is well",
    read: health("test", shellTest),
  },
  {
    long: "health-interval",
    value: "duration",
    text: "time between two health checks (30s; 1m30s, 500ms)",
    read: health("intervalNs", parseDuration),
  },
  {
    long: "health-on-failure",
    value: "string",
    text: "what follows when the container becomes unhealthy: none, kill, restart or stop",
    fallback: "none",
    read: health("onFailure", parseHealthAction),
  },
  {
    long: "health-retries",
    value: "int",
    text: "failures in a row that count as unhealthy (3)",
    read: health("retries", parseInteger),
  },
  {
    long: "health-start-interval",
    value: "duration",
    text: "time between two checks in the start period (5s)",
    read: health("startIntervalNs", parseDuration),
  },
  {
    long: "health-start-period",
    value: "duration",
    text: "time to start in which failures do not count (0s)",
    read: health("startPeriodNs", parseDuration),
  },
  {
    long: "health-timeout",
    value: "duration",
    text: "most time that one check may take (30s)",
    read: health("timeoutNs", parseDuration),
  },
  longHelpFlag,
  {
    long: "log-driver",
    value: "string",
    text: "where the output is kept: json-file, local (the same), journald, syslog or none",
    fallback: "json-file",
    read: text("logDriver"),
  },
  {
    long: "log-opt",
    value: "list",
    repeatable: true,
    text: "option of the log driver (max-size=10m, max-file=5, mode=non-blocking, labels=A,B, env=A,B, tag=TEXT, ...)",
    read: pair("logOptions", parseLogOption),
  },
  { long: "no-healthcheck", text: "no health checks, whatever the image says", read: onOff("noHealthcheck") },
  {
    long: "restart",
    value: "string",
    text: "when to start again after an end",
    fallback: "no",
    read: option("restart", parseRestartPolicy),
  },
  {
    long: "sig-proxy",
    text: "pass signals on to the process",
    fallback: "true",
    read: switchInto<RunDraft>("sigProxy"),
  },
  { long: "step", text: "stop before every step of the plan, and ask what to do", read: switchInto<RunDraft>("step") },
];
