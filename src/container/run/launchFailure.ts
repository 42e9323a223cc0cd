import { describeErrno, EngineError } from "../../base/index.ts";
import type { HostFacts } from "../../host/index.ts";
import { compilePlan, type FailedLaunch, type LaunchRequest, readRootFiles } from "../../launch/index.ts";
import { executableHeadBytes } from "../failure/executableFormat.ts";
import { diagnoseExec, interpretersOf, type SeenFile } from "../failure/postMortem.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";
import { isUnjoinable } from "../why/failedStep.ts";

export interface LaunchFailure {
  readonly failed: FailedLaunch;
  readonly launch: LaunchRequest;
  readonly paths: Pick<ContainerPaths, "upper">;
  readonly host: HostFacts;
}

/**
 * Turns a failed step into the error that the user reads. When it was the execve(2) of the payload, looks into the
 * container's root to say exactly why.
 */
export async function explainLaunchFailure(failure: LaunchFailure): Promise<EngineError> {
  const { failed, launch } = failure;
  if (failed.step === "exec") return explainExec(failure);
  if (isUnjoinable(failed)) return unjoinable(failed);
  const step = compilePlan(launch).steps.find((candidate) => candidate.id === failed.step);
  const made = failed.call === "run" ? toolWork.find(({ steps }) => failed.step.startsWith(steps)) : undefined;
  if (made !== undefined) return explainTool(failed, made, step?.why);
  const target = failed.args === "" ? "" : ` ${failed.args}`;
  return new EngineError(
    failed.errno === "ENOSPC" ? "noSpace" : "launchFailed",
    `cannot start the container: ${failed.call}${target}: ${describeErrno(failed.errno)}`,
    {
      hint: hintFor(failed) ?? `it happened in the step "${failed.step}"${step === undefined ? "" : ` (${step.why})`}`,
      details: { step: failed.step, call: failed.call, errno: failed.errno },
    },
  );
}

/** It ran a moment ago, when the start was prepared. */
function unjoinable({ step, call, errno }: FailedLaunch): EngineError {
  return new EngineError(
    "wrongState",
    "cannot start the container: one whose namespaces it joins does not run any more",
    {
      hint: "start that one first",
      details: { step, call, errno },
    },
  );
}

interface ToolWork {
  /** What the steps' names begin with. */
  readonly steps: string;
  readonly failure: string;
  readonly advice: string;
}

/** What programs of the host do for a start. */
const toolWork: readonly ToolWork[] = [
  {
    steps: "net.",
    failure: "its network cannot be made",
    advice: "brig network check says what is not as it should be",
  },
  {
    steps: "lsm.load",
    failure: "brig's AppArmor profile cannot be loaded",
    advice: "--security-opt apparmor=unconfined goes without it",
  },
  {
    steps: "lsm.relabel",
    failure: "files cannot be given its SELinux label",
    advice: "--security-opt label=disable goes without one",
  },
];

/** What a program of the host said is the reason; its path says which one it was. */
function explainTool({ step, args, errno }: FailedLaunch, work: ToolWork, why: string | undefined): EngineError {
  // The last line of ip(8) in batch mode only counts lines.
  const said = args
    .trim()
    .replace(/\n?Command failed -:\d+$/, "")
    .replaceAll(/\s*\n\s*/g, "; ");
  return new EngineError("launchFailed", `cannot start the container: ${work.failure}: ${said}`, {
    hint: `it happened in the step "${step}"${why === undefined ? "" : ` (${why})`}; ${work.advice}`,
    details: { step, errno },
  });
}

/** What a failing call means where the kernel's word alone would mislead. */
function hintFor({ step, call, errno }: FailedLaunch): string | undefined {
  if (step === "cwd.enter" || step === "cwd.make")
    return "check the working directory: it is a file, or the user may not enter it";
  if (errno === "ENOSPC") return "free some space, or, if there is enough, raise fs.mount-max or user.max_*_namespaces";
  if (call === "mount_setattr" && errno === "EINVAL" && step.startsWith("bind"))
    return "the file system of a mounted directory, or of one in it, takes no id map: use --userns=host and no idmap=";
  if (step === "cg.io.bfq.weight" && errno === "ENOENT")
    return "BFQ of this kernel does not weigh groups (CONFIG_BFQ_GROUP_IOSCHED): limit rates with --device-read-bps";
  if (step === "lsm.apparmor") return "the kernel has no such profile any more: load it again with apparmor_parser";
  if (step === "lsm.selinux") return "the policy knows no such label, or does not let this caller give it";
  if (step === "join.namespaces" && errno === "EPERM")
    return "the containers whose namespaces it joins are not in one user namespace: one of them was started anew";
  if (errno === "EPERM") return 'see what this machine refuses with "brig doctor"';
  return undefined;
}

async function explainExec({ failed, launch, host, paths: { upper } }: LaunchFailure): Promise<EngineError> {
  const { spec } = launch;
  const command = spec.process.args[0] ?? "";
  const candidates = launch.executables.map((path) => (path.startsWith("/") ? path : `${spec.process.cwd}/${path}`));
  const look = async (paths: readonly string[]): Promise<ReadonlyMap<string, SeenFile>> => {
    if (paths.length === 0 || launch.root.kind !== "overlay") return new Map();
    const { layers } = launch.root;
    const request = { helperPath: host.paths.helperPath, stage: launch.stage, layers, upper };
    return readRootFiles({ ...request, paths, maxBytes: executableHeadBytes });
  };
  const found = await look(candidates);
  const first = await look(interpretersOf(found));
  const second = await look(interpretersOf(first));
  const { code, message, hint } = diagnoseExec({
    command,
    candidates,
    errno: failed.errno,
    files: new Map([...second, ...first, ...found]),
    architecture: host.architecture,
    noexecMounts: spec.mounts.filter((mount) => mount.options.includes("noexec")).map((mount) => mount.destination),
    uid: spec.process.user.uid,
  });
  return new EngineError(code, message, { ...(hint === undefined ? {} : { hint }), details: { errno: failed.errno } });
}
