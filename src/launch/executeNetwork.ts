import type { NetworkStep, SettingStep } from "../network/index.ts";
import { compileNetworkStep } from "./compileNetwork.ts";
import type { ExecRequest } from "./execRequest.ts";
import { runHelper } from "./helperProcess.ts";
import type { JournalRecord } from "./journalReader.ts";
import { type FailedLaunch, failedLaunch } from "./launch.ts";
import type { LaunchStep } from "./plan.ts";

export interface NetworkExecution {
  readonly helperPath: string;
  readonly steps: readonly NetworkStep[];
  /** The running container that they are about: the process whose network namespace is changed. */
  readonly target?: ExecRequest["target"];
  /** Kernel settings of the target's network namespace; `file` is relative to /proc. */
  readonly settings?: readonly SettingStep[];
}

const targetName = "container";

/** Executes steps about networks outside of a launch: with the same operations, by the same helper. */
export async function executeNetwork(execution: NetworkExecution): Promise<FailedLaunch | undefined> {
  if (execution.steps.length === 0 && (execution.settings ?? []).length === 0) return undefined;
  const last = new Map<string, JournalRecord>();
  const exit = await runHelper({
    plan: { steps: compileExecution(execution) },
    helperPath: execution.helperPath,
    stdio: ["ignore", "ignore", "ignore"],
    onRecord: (record) => {
      if (!last.has(record.op)) last.set(record.op, record);
    },
  });
  const failed = last.get("failed");
  if (failed !== undefined) return failedLaunch(failed);
  if (exit?.code === 0) return undefined;
  return {
    kind: "failed",
    step: "net",
    process: "host",
    call: "helper",
    args: "it ended without a word",
    errno: "ECANCELED",
  };
}

/** The plan of an execution. Pure. */
export function compileExecution({ steps, target, settings = [] }: NetworkExecution): readonly LaunchStep[] {
  const compiled = steps.map((step) => compileNetworkStep("host", step));
  if (target === undefined) return compiled;
  const { pid, startTime } = target;
  const host = { phase: "host" } as const;
  return [
    {
      ...host,
      id: "join.target",
      op: "target",
      fields: { as: targetName, pid, started: startTime },
      why: "the container's first process, and not another one with its number",
    },
    { ...host, id: "net.open", op: "network", fields: { pid }, why: "its network namespace" },
    ...compiled,
    ...(settings.length === 0
      ? []
      : [
          {
            ...host,
            id: "net.enter",
            op: "join",
            fields: { target: targetName, flag: ["CLONE_NEWNET"] },
            why: "kernel settings are those of the network namespace of who writes them",
          },
        ]),
    ...settings.map((step) => compileNetworkStep("host", { ...step, file: `/proc/${step.file}` })),
  ];
}
