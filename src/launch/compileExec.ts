import type { RuntimeSpec } from "../oci/index.ts";
import { namespaceFlags } from "./cloneFlags.ts";
import { confinementSteps } from "./compileConfinement.ts";
import { compileInit } from "./compileInit.ts";
import type { ExecRequest } from "./execRequest.ts";
import { oomScoreSteps } from "./oomScore.ts";
import { payloadOwner } from "./payloadOwner.ts";
import type { FieldValue, LaunchPhase, LaunchPlan, LaunchStep } from "./plan.ts";

/**
 * Turns a request into the operations that put one more process into a running container. Pure. The order has reasons:
 * the process cannot be traced before any process of the container can see it; it is born in the container's group and
 * pid namespace and joins all others in one call, so that there is no moment in which it belongs to half a container;
 * its root and terminal are looked up inside, where nothing of the host can be named; then it becomes the payload as
 * the container's own first process did.
 */
export function compileExec(request: ExecRequest): LaunchPlan {
  return {
    version: 1,
    steps: [
      monitorStep(request),
      ...joiningSteps(request.spec, { target: targetSteps(request.target), group: groupSteps(request) }),
      ...compileInit({ ...request, init: false }),
    ],
    notices: request.notices,
  };
}

function step(
  [phase, id, op]: readonly [LaunchPhase, string, string],
  fields: Record<string, FieldValue>,
  texts: { why: string; doc?: string },
): LaunchStep {
  return { id, phase, op, fields, ...texts };
}

/** Detached, the streams still have someone who takes them: a full pipe would stop the process. */
function monitorStep({ spec, stdin, detached, detachKeys, monitor }: ExecRequest): LaunchStep {
  const input = stdin ? { stdin: 1, ...(detached ? {} : { input: 1 }) } : {};
  const keys = detachKeys === "" || !spec.process.terminal ? {} : { detach: detachKeys };
  const stay = detached ? { stay: 1 } : {};
  const fields = { ...monitor, foreground: 1, owner: payloadOwner(spec), ...input, ...keys, ...stay };
  return step(["monitor", "monitor", "monitor"], fields, {
    why: "one process stays outside: it moves the streams, hands on signals and collects the end",
  });
}

const targetName = "container";

/** The steps that make sure of the process whose namespaces are joined; the first ones of every plan that joins. */
export function targetSteps({ pid, startTime }: ExecRequest["target"]): LaunchStep[] {
  return [
    step(
      ["host", "join.target", "target"],
      { as: targetName, pid, started: startTime },
      { why: "the container's first process, and not another one with its number", doc: "pidfd_open(2)" },
    ),
    joinUntraced,
  ];
}

export const joinUntraced: LaunchStep = step(
  ["host", "join.untraced", "undumpable"],
  {},
  { why: "nothing in the container may trace what comes to it, or open its files", doc: "PR_SET_DUMPABLE(2const)" },
);

/** Joins the given kinds of namespaces of the target, all in one call. */
export function joinStep(phase: LaunchPhase, spec: RuntimeSpec, wanted: readonly string[]): LaunchStep {
  const kinds = spec.linux.namespaces.map(({ type }) => type).filter((type) => wanted.includes(type));
  const fields = { target: targetName, flag: namespaceFlags(kinds) };
  const why = kinds.includes("pid") ? "the process is born among the container's" : "into the container, all at once";
  return step([phase, kinds.includes("pid") ? "join.pid" : "join.namespaces", "join"], fields, {
    why,
    doc: "setns(2)",
  });
}

/** What the host's own namespace is stays so: joining it would change nothing, or be refused. */
function has(spec: RuntimeSpec, kind: string): boolean {
  return spec.linux.namespaces.some(({ type }) => type === kind);
}

function groupSteps({ cgroup }: ExecRequest): LaunchStep[] {
  if (cgroup === undefined) return [];
  return [
    step(
      ["host", "cg.join", "cgroupOpen"],
      { path: cgroup },
      {
        why: "the container's limits hold from the process's first moment",
        doc: "cgroups(7)",
      },
    ),
  ];
}

/** What is special to who joins: how the container's first process is found, and which group the new one is born in. */
interface Joining {
  readonly target: readonly LaunchStep[];
  readonly group: readonly LaunchStep[];
}

/** The host and child phases of a process that joins a container. */
export function joiningSteps(spec: RuntimeSpec, joining: Joining): LaunchStep[] {
  return [...hostSteps(spec, joining), ...childSteps(spec)];
}

function hostSteps(spec: RuntimeSpec, { target, group }: Joining): LaunchStep[] {
  return [
    ...target,
    ...group,
    ...oomScoreSteps(spec),
    ...(has(spec, "pid") ? [joinStep("host", spec, ["pid"])] : []),
    step(["host", "clone", "clone"], { flag: [] }, { why: "the process that becomes the command", doc: "clone(2)" }),
    step(["host", "clone.release", "release"], {}, { why: "it may go on: its keeper knows it" }),
  ];
}

const joinedKinds = ["user", "mount", "network", "ipc", "uts", "cgroup", "time"];

function childSteps(spec: RuntimeSpec): LaunchStep[] {
  const { terminal, consoleSize: size, user } = spec.process;
  const window = size === undefined ? {} : { rows: size.height, columns: size.width };
  return [
    step(["child", "clone.await", "awaitHost"], {}, { why: "until its keeper knows it" }),
    ...confinementSteps({ spec, init: false }),
    joinStep("child", spec, joinedKinds),
    ...(has(spec, "user")
      ? [
          step(
            ["child", "user.root", "becomeRoot"],
            {},
            {
              why: "the container's root, until it becomes the user",
              doc: "user_namespaces(7)",
            },
          ),
        ]
      : []),
    step(["child", "root.find", "joinedRoot"], {}, { why: "every path is looked up inside the container's root" }),
    ...(terminal
      ? [
          step(
            ["child", "tty.open", "terminal"],
            { owner: user.uid, ...window },
            { why: "a pseudo-terminal of the container's own, so that it never touches the caller's", doc: "pty(7)" },
          ),
        ]
      : []),
  ];
}
