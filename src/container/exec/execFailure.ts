import { describeErrno, EngineError } from "../../base/index.ts";
import { type ExecRequest, type FailedLaunch, type LaunchPlan, readRunningFiles } from "../../launch/index.ts";
import { executableHeadBytes } from "../failure/executableFormat.ts";
import { diagnoseExec, interpretersOf, type SeenFile } from "../failure/postMortem.ts";

export interface ExecFailureRequest {
  readonly failed: FailedLaunch;
  readonly request: ExecRequest;
  readonly plan: LaunchPlan;
  readonly helperPath: string;
  readonly architecture: string;
  readonly container: string;
}

/**
 * Turns a failed step of an `exec` into the error that the user reads. When it was the execve(2) of the command, looks
 * into the running container to say exactly why.
 */
export async function explainExecFailure(failure: ExecFailureRequest): Promise<EngineError> {
  const { failed, plan, container } = failure;
  if (failed.step === "exec") return explainCommand(failure);
  const details = { step: failed.step, call: failed.call, errno: failed.errno };
  if (failed.step === "join.target") {
    return new EngineError("wrongState", `container ${container} is not running`, {
      hint: "it has ended in this very moment",
      details,
    });
  }
  const step = plan.steps.find((candidate) => candidate.id === failed.step);
  const target = failed.args === "" ? "" : ` ${failed.args}`;
  const words = `${failed.call}${target}: ${describeErrno(failed.errno)}`;
  return new EngineError("launchFailed", `cannot start the command in container ${container}: ${words}`, {
    hint: hintFor(failed) ?? `it happened in the step "${failed.step}"${step === undefined ? "" : ` (${step.why})`}`,
    details,
  });
}

/** What a failing call means where the kernel's word alone would mislead. */
function hintFor({ step, call, errno }: FailedLaunch): string | undefined {
  if (step === "cwd.enter") return "check the working directory: it must exist, and lie inside the container";
  if (step === "tty.open" && (call === "openat2" || call === "verify"))
    return "the container has no devpts of its own on /dev/pts: leave out -t";
  if (step === "io.streams") return "the container has no null device on /dev/null: use -i";
  if (errno === "EAGAIN") return "the container has as many processes as it may have";
  return undefined;
}

async function explainCommand({ failed, request, helperPath, architecture }: ExecFailureRequest): Promise<EngineError> {
  const { spec, target, executables } = request;
  const candidates = executables.map((path) => (path.startsWith("/") ? path : `${spec.process.cwd}/${path}`));
  const look = async (paths: readonly string[]): Promise<ReadonlyMap<string, SeenFile>> =>
    paths.length === 0
      ? new Map()
      : readRunningFiles({ helperPath, target, spec, paths, maxBytes: executableHeadBytes });
  const found = await look(candidates);
  const first = await look(interpretersOf(found));
  const second = await look(interpretersOf(first));
  const { code, message, hint } = diagnoseExec({
    command: spec.process.args[0] ?? "",
    candidates,
    errno: failed.errno,
    files: new Map([...second, ...first, ...found]),
    architecture,
    noexecMounts: spec.mounts.filter((mount) => mount.options.includes("noexec")).map((mount) => mount.destination),
    uid: spec.process.user.uid,
  });
  return new EngineError(code, message, { ...(hint === undefined ? {} : { hint }), details: { errno: failed.errno } });
}
