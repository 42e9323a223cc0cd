import { type ExecOptions, parseDetachKeys, parseEnvFile, parseEnvFlag, parseWorkdir } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext, Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto, textInto } from "../flags/sharedFlags.ts";
import { showSteps } from "../render/steps.ts";
import { readListFiles } from "../runRequest.ts";
import { requireTerminal } from "../terminal.ts";

interface ExecDraft extends Help {
  detach?: boolean;
  interactive?: boolean;
  tty?: boolean;
  privileged?: boolean;
  explain?: boolean;
  user?: string;
  workdir?: string;
  detachKeys?: string;
  readonly env: string[];
  readonly envFiles: string[];
  readonly caller: Pick<CommandContext, "cwd" | "env">;
}

const flags: readonly Flag<ExecDraft>[] = [
  { long: "detach", short: "d", text: "leave the command running", read: switchInto<ExecDraft>("detach") },
  {
    long: "detach-keys",
    value: "string",
    text: "keys that detach the terminal",
    fallback: "ctrl-p,ctrl-q",
    read: (draft, keys) => {
      draft.detachKeys = parseDetachKeys(keys);
    },
  },
  {
    long: "env",
    short: "e",
    value: "list",
    repeatable: true,
    text: "environment variable (KEY=value, or KEY to take it from here)",
    read: (draft, entry) => {
      draft.env.push(parseEnvFlag(entry, draft.caller.env));
    },
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
  { long: "explain", text: "show each step as it was really carried out", read: switchInto<ExecDraft>("explain") },
  helpFlag,
  { long: "interactive", short: "i", text: "keep stdin open", read: switchInto<ExecDraft>("interactive") },
  {
    long: "privileged",
    text: "give the command every capability that the container's root can have",
    read: switchInto<ExecDraft>("privileged"),
  },
  { long: "tty", short: "t", text: "give the command a terminal", read: switchInto<ExecDraft>("tty") },
  {
    long: "user",
    short: "u",
    value: "string",
    text: "user and group of the command (name or number, user[:group])",
    read: textInto<ExecDraft>("user"),
  },
  {
    long: "workdir",
    short: "w",
    value: "string",
    text: "directory to start in",
    read: (draft, path) => {
      draft.workdir = parseWorkdir(path);
    },
  },
];

export const execCommand = defineCommand<ExecDraft>({
  usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
  arguments: { atLeast: 2 },
  stopsAtArgument: true,
  runsPayload: true,
  flags,
  begin: ({ cwd, env }) => ({ env: [], envFiles: [], caller: { cwd, env } }),
  execute: async ({ draft, args, context, globals, openEngine }): Promise<Outcome> => {
    const options = finishExecOptions(draft, args);
    const { stdin, stdout, stderr } = context;
    if (options.detach !== true) requireTerminal(options, stdin);
    const engine = await openEngine();
    const streams = {
      stdin: stdin.fd,
      stdout: stdout.fd,
      stderr: stderr.fd,
      tty: stdin.isTty,
      signals: context.takeSignals(),
      signal: context.signal,
    };
    const onStep = draft.explain === true ? { onStep: await showSteps(globals, context) } : {};
    const { exitCode } = await engine.exec({ options, streams, ...onStep });
    return { exitStatus: exitCode };
  },
});

function finishExecOptions(draft: ExecDraft, args: readonly string[]): ExecOptions {
  const { env, envFiles, caller, help: _, explain: __, ...options } = draft;
  const [container = "", ...command] = args;
  const files = readListFiles(envFiles, caller.cwd);
  const fromFiles = files.flatMap((bytes) => parseEnvFile(bytes, caller.env));
  return { ...options, container, command, env: [...fromFiles, ...env] };
}
