import { join } from "node:path";
import { EngineError, failPoint, randomHex } from "../../base/index.ts";
import type { HostFacts } from "../../host/index.ts";
import { compileExec, type ExecRequest, launch, launchDetached, readRunningFiles } from "../../launch/index.ts";
import { resolveCapabilities } from "../../namespaces/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";
import { requireExecutables } from "../completeEnv.ts";
import { eventsFile } from "../events/appendEvent.ts";
import { planActor } from "../events/planActor.ts";
import { tellContainer } from "../events/tellContainer.ts";
import { groupPath, maxAccountsBytes, parseAccounts, passwdPath } from "../identity/accounts.ts";
import { requireMappedIds } from "../identity/requireMappedIds.ts";
import { type ResolvedUser, resolveUser } from "../identity/resolveUser.ts";
import { tendContainer } from "../lifecycle/adoptContainer.ts";
import { withLinkVariables } from "../names/linkEnvironment.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { filterProgram } from "../run/filterProgram.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import type { ContainerRecord } from "../state/containerRecord.ts";
import { groupOfProcess, type RunningContainer, readContainerSpec, requireRunning } from "../state/runningContainer.ts";
import { unlessRemoved } from "../state/unlessRemoved.ts";
import { explainExecFailure } from "./execFailure.ts";
import type { ExecOptions, ExecReport, ExecRun } from "./execOptions.ts";
import { execProcess } from "./execProcess.ts";
import { execRecordPath, noteExec } from "./runningExecs.ts";

/** Ctrl-P, Ctrl-Q. */
const defaultDetachKeys = "\u0010\u0011";

/**
 * Starts one more process in a container that runs. In the foreground it resolves when that has ended or was detached
 * from; detached, when it has been executed.
 *
 * @throws EngineError `containerNotFound`, `wrongState` with Docker's sentences, `userNotFound`, `invalidValue`;
 * `commandNotFound` and `commandNotExecutable` when the command itself is the reason.
 */
export async function execContainer(run: ExecRun, context: EngineContext): Promise<ExecReport> {
  const host = context.probeHost();
  requireRoot(host);
  return unlessRemoved({ root: context.root, nameOrId: run.options.container }, () => execIn(run, host, context));
}

async function execIn(run: ExecRun, host: HostFacts, context: EngineContext): Promise<ExecReport> {
  await tendContainer(run.options.container, context);
  const container = requireRunning(context, run.options.container);
  const { id } = container.record;
  if (container.state.status === "paused") {
    throw new EngineError("wrongState", `Container ${id} is paused, unpause the container before exec`, {
      hint: `brig unpause ${container.record.name}`,
    });
  }
  const execId = randomHex(32);
  const note = execRecordPath(context, id, execId);
  const monitor = execMonitor(container.record, { execId, note, root: context.root });
  const request = { ...(await planExec(container, run.options, context)), monitor };
  const plan = compileExec(request);
  const { helperPath } = context;
  const { onStep, streams } = run;
  const settings = { plan, helperPath, ...(onStep === undefined ? {} : { onStep }) };
  for (const action of ["exec_create", "exec_start"]) {
    const named = `${action}: ${run.options.command.join(" ")}`;
    await tellContainer(container.record, { action: named, details: { execID: execId } }, context);
  }
  failPoint("exec.told");
  const onStarted = (pid: number) => noteExec(note, pid);
  const outcome = request.detached ? await launchDetached(settings) : await launch({ ...settings, streams, onStarted });
  if (outcome.kind === "started") onStarted(outcome.pid);
  if (outcome.kind === "exited") {
    failPoint("exec.ended");
    return { exitCode: outcome.exitCode };
  }
  if (outcome.kind === "lost") throw outcome.error;
  if (outcome.kind !== "failed") return { exitCode: 0 };
  const { architecture } = host;
  throw await explainExecFailure({ failed: outcome, request, plan, helperPath, architecture, container: id });
}

interface ExecNote {
  readonly execId: string;
  /** The file that is there while the command runs. */
  readonly note: string;
  readonly root: string;
}

/** Its end is told by its keeper, whoever waits for it; the three events of one command carry the same id. */
function execMonitor(record: ContainerRecord, { execId, note, root }: ExecNote): ExecRequest["monitor"] {
  const { id, name, image, labels } = record;
  const attributes = new Map([...Object.entries(labels), ["image", image], ["name", name], ["execID", execId]]);
  const actor = planActor({ type: "container", id, attributes }, ["image", "name", "execID"]);
  return { exec: 1, events: join(root, eventsFile), actor, unlink: note };
}

async function planExec(
  container: RunningContainer,
  options: ExecOptions,
  context: EngineContext,
): Promise<Omit<ExecRequest, "monitor">> {
  const { paths, state } = container;
  const own = withLinkVariables(readContainerSpec(paths), await linkVariables(container, context));
  const target = { pid: state.process.pid, startTime: Number(state.process.startTime) };
  const wanted = options.user ?? "";
  const found = wanted === "" ? undefined : await findUser(wanted, { own, target, container, context });
  if (found !== undefined) requireMappedIds(found.user, own.linux);
  const everyCapability = options.privileged === true ? availableCapabilities(own, context.probeHost()) : [];
  const spec = { ...own, process: execProcess({ spec: own, options, ...found, everyCapability }) };
  const executables = requireExecutables(options.command[0] ?? "", spec.process.env);
  const cgroup = groupOfProcess(container);
  return {
    spec,
    ...(await filterProgram(spec.linux, `${context.root}/cache/seccomp`)),
    target,
    ...(cgroup === undefined ? {} : { cgroup }),
    executables,
    stdin: options.interactive ?? false,
    detached: options.detach ?? false,
    detachKeys: options.detachKeys ?? defaultDetachKeys,
    notices: [],
  };
}

/** What links give to the container's process, they give to every other one in it. */
async function linkVariables({ paths, record }: RunningContainer, context: EngineContext): Promise<readonly string[]> {
  if (record.networks?.includes("bridge") !== true) return []; // links elsewhere are names only
  const { variablesOfLinks } = await import("../names/links.ts");
  return variablesOfLinks(record.name, paths.directory, context);
}

interface UserLookup {
  readonly own: RuntimeSpec;
  readonly target: ExecRequest["target"];
  readonly container: RunningContainer;
  readonly context: EngineContext;
}

/** Looks a user up among the accounts that the container has now, with the container's further groups. */
async function findUser(
  text: string,
  { own, target, container, context: { helperPath } }: UserLookup,
): Promise<{ readonly user: ResolvedUser; readonly ownHome: string }> {
  const paths = [passwdPath, groupPath];
  const files = await readRunningFiles({ helperPath, target, spec: own, paths, maxBytes: maxAccountsBytes });
  const accounts = parseAccounts(files.get(passwdPath)?.bytes, files.get(groupPath)?.bytes);
  const { groupAdd } = readContainerOptions(container.paths.options);
  const ownHome = resolveUser(String(own.process.user.uid), [], accounts).home;
  return { user: resolveUser(text, groupAdd, accounts), ownHome };
}

/** In a user namespace of its own the container's root can have everything; in the host's, what the caller holds. */
function availableCapabilities(spec: RuntimeSpec, host: HostFacts): readonly string[] {
  const own = spec.linux.namespaces.some(({ type }) => type === "user");
  const available = own ? (1n << 64n) - 1n : BigInt(`0x${host.effectiveCapabilities}`);
  return resolveCapabilities({ profile: "default", add: [], drop: [], privileged: true }, available).names;
}

function requireRoot({ effectiveUid }: HostFacts): void {
  if (effectiveUid === 0) return;
  throw new EngineError("notRoot", "cannot run a command in a container as a user other than root", {
    hint: "use sudo",
  });
}
