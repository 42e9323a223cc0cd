import { shellQuoted } from "../../base/index.ts";
import { formatFields } from "../formatPlan.ts";
import type { LaunchStep } from "../plan.ts";
import { childCommands } from "./childCommands.ts";
import { hostCommands, isForRunning, runTool } from "./hostCommands.ts";
import { childHead, hostHead, hostTail, pivotScript, scriptTail } from "./scriptParts.ts";
import { comment, writeHere } from "./shellWords.ts";
import { beginUnrolling, listOf, textOf, type Unrolling, type UnrollRequest } from "./unrolling.ts";

/**
 * A POSIX shell script that makes the container of a launch plan with the tools of Debian 12: unshare, mount, ip, nft,
 * nsenter, setpriv and others like them. Each step of the plan becomes its commands, with its reason as a comment; what
 * no tool can do is said where it would stand. The script cleans up after itself, however it ends. Pure.
 *
 * @throws EngineError `notOffered` for a plan that joins another container.
 */
export function unrollPlan(request: UnrollRequest): string {
  const unrolling = beginUnrolling(request);
  const { firstId, files, ownDirectories } = unrolling;
  const user = executionOwner(unrolling);
  const write = (name: string, lines: readonly string[]) => writeHere(`"$work/${name}"`, lines);
  return [
    "#!/bin/sh",
    ...comment(request.title),
    ...comment(introduction),
    ...request.plan.notices.flatMap((notice) => comment(`WARNING: ${notice}`)),
    "set -eu",
    "umask 022",
    "unset TMPDIR",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "export PATH",
    `[ "$(id -u)" = 0 ] || { echo "unroll: only root may do this" >&2; exit 125; }`,
    "work=$(mktemp -d -p /var/tmp unroll.XXXXXXXX)",
    `trap 'rm -rf -- "$work"' EXIT`,
    'chmod 711 "$work"',
    ...ownDirectories.flatMap((_, index) => [
      `mkdir "$work/own${index}"`,
      `chown ${firstId ?? 0}:${firstId ?? 0} "$work/own${index}"`,
    ]),
    "",
    ...files.flatMap(({ path, text }, index) => [
      ...comment(`brig writes ${JSON.stringify(path.slice(path.lastIndexOf("/") + 1))} beside the container`),
      `printf %s ${shellQuoted(text)} > "$work/file${index}"`,
    ]),
    "",
    "# ---- outside of the container ----",
    ...write("host", hostLines(unrolling)),
    "",
    "# ---- the container's first process, in its namespaces, as root of its user namespace ----",
    ...write("child", childLines(unrolling)),
    "",
    "# ---- the same process, as what the payload will be, in the root that the next one gives it ----",
    ...write("init", initLines(unrolling)),
    "",
    "# ---- pivot_root(2), from beside it ----",
    ...write("pivot", scriptLines(pivotScript)),
    "",
    "# what they hold is for those who execute them, and nobody else",
    `chown ${firstId ?? 0} "$work/child" "$work/pivot"; chown ${user} "$work/init"; chmod 400 "$work/host" "$work/child" "$work/pivot" "$work/init"`,
    ...scriptLines(scriptTail),
    "",
  ].join("\n");
}

const introduction = `written by brig from its launch plan: the steps, in their order, with their reasons.
It needs what Debian 12 has in util-linux, iproute2, nftables, tar and hostname, and it has to be run by root.
Addresses and ids are those that were free when it was written.`;

function stepLines(step: LaunchStep, lines: readonly string[]): readonly string[] {
  const doc = step.doc === undefined ? "" : ` (${step.doc})`;
  return [...comment(`${step.id}: ${step.why}${doc}`), ...lines, ""];
}

function hostLines(unrolling: Unrolling): readonly string[] {
  const { steps, firstId } = unrolling;
  const beside = new Map(["links", "ports"].map((phase) => [phase, steps.filter((step) => step.phase === phase)]));
  const lines = (step: LaunchStep): readonly string[] => {
    const own = stepLines(step, (hostCommands.get(step.op) ?? unknownStep)(step, unrolling));
    return step.op === "beside" ? [...own, ...(beside.get(textOf(step, "steps")) ?? []).flatMap(lines)] : own;
  };
  const ends = steps.filter((step) => step.phase === "end" && !isForRunning(step, unrolling));
  const usesTable = steps.some(({ op, fields }) => op === "tool" && listOf(fields.argv).includes("nft"));
  return [
    ...scriptLines(hostHead),
    "",
    "undo() {",
    "  :",
    ...ends.flatMap((step) => [...comment(`${step.id}: ${step.why}`), ...runTool(step, unrolling)]),
    "}",
    "",
    ...(usesTable ? ["nft list table inet brig > /dev/null 2>&1 || table=made", ""] : []),
    ...steps.filter(({ phase }) => phase === "host").flatMap(lines),
    ...scriptLines(hostTail(firstId !== undefined)),
  ];
}

function childLines(unrolling: Unrolling): readonly string[] {
  const execute = unrolling.steps.find(({ op }) => op === "execute");
  const steps = unrolling.steps.filter(({ phase, op }) => (phase === "child" || phase === "init") && op !== "execute");
  const candidates = listOf(execute?.fields.path).map(shellQuoted).join(" ");
  return [
    ...scriptLines(childHead),
    ...steps.flatMap((step) => stepLines(step, (childCommands.get(step.op) ?? unknownStep)(step, unrolling))),
    "# where the payload is looked for, in this order",
    "program=",
    `for candidate in ${candidates}; do find "$candidate"; if [ -f "$place" ] && [ -x "$place" ]; then program=$candidate; break; fi; done`,
    '[ -n "$program" ] || { echo "unroll: the command is not in the image" >&2; exit 127; }',
    "trap - EXIT",
    "exec 3<&-",
    'exec env -i --default-signal $session setpriv $privileges -- sh "$work/init" "$program"',
  ];
}

/** Everything in it but `read` is done by the shell itself: nothing of the system can be executed any more. */
function initLines({ steps }: Unrolling): readonly string[] {
  const execute = steps.find(({ op }) => op === "execute");
  const directory = steps.find(({ op }) => op === "directory");
  const { argv, env, init } = execute?.fields ?? {};
  const variables = listOf(env).map((variable) => {
    const [, name] = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(variable) ?? [];
    return name === undefined
      ? comment(`not here, for a shell has no such variable: ${JSON.stringify(variable)}`)
      : [`export ${shellQuoted(variable)}`];
  });
  return [
    "echo ready >&4",
    "exec 4>&-",
    "read -r _ <&5",
    "exec 5<&-",
    "program=$1",
    ...(init === undefined
      ? []
      : ["# not here: the init that reaps orphans and hands on signals is brig's helper itself"]),
    ...(directory === undefined
      ? []
      : [
          ...comment(`${directory.id}: ${directory.why}`),
          `cd -- ${shellQuoted(textOf(directory, "path"))} || exit 125`,
        ]),
    "unset PWD OLDPWD",
    ...variables.flat(),
    ...(execute === undefined ? [] : comment(`${execute.id}: ${execute.why}`)),
    `exec "$program"${listOf(argv)
      .slice(1)
      .map((word) => ` ${shellQuoted(word)}`)
      .join("")}`,
  ];
}

/** The parts of a script are indented where they are written. */
function scriptLines(part: string): readonly string[] {
  return part.split("\n").map((line) => line.replace(/^ {2}/, ""));
}

function unknownStep({ op, fields }: LaunchStep): readonly string[] {
  return comment(`not here: ${op} ${formatFields(fields)}`);
}

/** Who has to be able to read what is executed last. */
function executionOwner({ steps, firstId }: Unrolling): number {
  const identity = steps.find(({ op }) => op === "identity");
  return (firstId ?? 0) + Number(identity?.fields.uid ?? 0);
}
