import { joiningSteps, joinUntraced } from "./compileExec.ts";
import { compileInit } from "./compileInit.ts";
import type { HealthRequest } from "./healthRequest.ts";
import type { LaunchRequest } from "./launchRequest.ts";
import { payloadOwner } from "./payloadOwner.ts";
import type { FieldValue, LaunchStep } from "./plan.ts";

/**
 * The end of a container's plan: the record `health`, by which its monitor probes, and the steps that a worker of
 * the monitor executes at each probe. They put a process into the container as `exec` does, with two differences: the
 * container's first process is the one that the monitor knows, and the probe is born in a group of its own below the
 * container's, with which everything that it has started ends. Pure; no steps when there is nothing to probe.
 */
export function compileProbe(request: LaunchRequest): readonly LaunchStep[] {
  const { spec, cgroup, health } = request;
  if (health === undefined) return [];
  const leaf = cgroup === undefined ? undefined : `${cgroup.directory}/brig-probe`;
  const process = { ...spec.process, args: health.args, terminal: false };
  const { consoleSize: _, ...own } = process; // there is no terminal
  const init = { executables: health.executables, init: false, stdin: false, spec: { ...spec, process: own } };
  const { seccompProgram } = request;
  const steps = [
    ...joiningSteps(
      { ...spec, process },
      {
        target: [payloadStep, joinUntraced],
        group: leaf === undefined ? [] : leafSteps(leaf),
      },
    ),
    ...compileInit({ ...init, ...(seccompProgram === undefined ? {} : { seccompProgram }) }),
  ];
  return [
    healthStep(health, {
      owner: payloadOwner(spec),
      ...(cgroup === undefined || leaf === undefined ? {} : { group: cgroup.directory, leaf }),
    }),
    ...steps.map(asProbe),
  ];
}

/** Without the monitor there is nobody to end a probe that hangs: it ends with its parent (PR_SET_PDEATHSIG(2const)). */
function asProbe(step: LaunchStep): LaunchStep {
  const fields = step.op === "execute" ? { ...step.fields, "with-parent": 1 } : step.fields;
  return { ...step, fields, id: `probe.${step.id}`, part: "probe" };
}

function healthStep(health: HealthRequest, places: Readonly<Record<string, FieldValue>>): LaunchStep {
  const { onFailure } = health;
  const action =
    onFailure === undefined
      ? {}
      : {
          signal: onFailure.signal,
          ...(onFailure.graceNs === undefined ? {} : { grace: decimal(onFailure.graceNs) }),
          ...(onFailure.afterwards === "start" ? { again: 1 } : {}),
          ...(onFailure.afterwards === "stayDown" ? { "stay-down": 1 } : {}),
        };
  return {
    id: "probe",
    phase: "monitor",
    part: "probe",
    op: "health",
    fields: {
      event: ["exec_create", "exec_start"].map((action) => `${action}: ${jsonInside(health.command)}`),
      interval: decimal(health.intervalNs),
      timeout: decimal(health.timeoutNs),
      "start-period": decimal(health.startPeriodNs),
      "start-interval": decimal(health.startIntervalNs),
      retries: health.retries,
      ...places,
      ...action,
    },
    why: "the monitor asks the container at intervals whether it is well, by the steps that follow",
  };
}

/** The monitor puts it between the quotes of a JSON string. */
function jsonInside(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Numbers of this size are written without an exponent, and added to the clock they stay below 2^64. */
const mostNs = 2 ** 61;

function decimal(ns: number): string {
  return String(Math.min(Math.round(ns), mostNs));
}

const payloadStep: LaunchStep = {
  id: "join.target",
  phase: "host",
  op: "target",
  fields: { as: "container" },
  why: "the container's first process, by the descriptor that the monitor has of it",
  doc: "pidfd_open(2)",
};

/**
 * The worker goes first: since Linux 6.14 whatever is cloned into a group from outside is killed when the group was ever
 * killed, because the count of its kills is compared with that of the group that it comes from.
 */
function leafSteps(path: string): readonly LaunchStep[] {
  return [
    {
      id: "cg.leaf",
      phase: "host",
      op: "cgroupMake",
      fields: { path },
      why: "what a probe leaves behind can be ended",
      doc: "cgroups(7)",
    },
    {
      id: "cg.enter",
      phase: "host",
      op: "setting",
      fields: { file: `${path}/cgroup.procs`, value: "0" },
      why: "the container's limits hold for the probe, and for what it costs to start it",
      doc: "cgroups(7)",
    },
  ];
}
