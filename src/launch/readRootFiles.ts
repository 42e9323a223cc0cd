import { EngineError, errnoName } from "../base/index.ts";
import type { NamespaceKind, RuntimeSpec } from "../oci/index.ts";
import { joinStep, targetSteps } from "./compileExec.ts";
import type { ExecRequest } from "./execRequest.ts";
import { runHelper } from "./helperProcess.ts";
import type { JournalRecord } from "./journalReader.ts";
import { stageOptions } from "./overlayOptions.ts";
import type { FieldValue, LaunchStep } from "./plan.ts";

interface ReadRequest {
  readonly helperPath: string;
  /** Paths inside the root; symbolic links are followed inside it and nowhere else. */
  readonly paths: readonly string[];
  /** At most this many bytes of each file are read. */
  readonly maxBytes: number;
}

/** A root that is put together for the purpose. */
export interface RootFilesRequest extends ReadRequest {
  /** An engine-owned directory for the helper's staging tmpfs. */
  readonly stage: string;
  /** Layer trees, the lowest first. */
  readonly layers: readonly string[];
  /** The container's `upper` directory, laid over the layers, when it has one. */
  readonly upper?: string;
}

/** The root of a container that runs, as its processes see it. */
export interface RunningFilesRequest extends ReadRequest {
  readonly target: ExecRequest["target"];
  readonly spec: RuntimeSpec;
  /** What is joined to read them: files of /proc/sys are those of the reader's namespaces. Its user and mount namespaces when left out. */
  readonly namespaces?: readonly NamespaceKind[];
}

export interface RootFile {
  /** `ENOENT`, `EISDIR`, ...; then there are no bytes. */
  readonly errno?: string;
  readonly bytes: Buffer;
  /** `st_mode`, also when the content could not be read; absent when there is no such file. */
  readonly mode?: number;
}

/**
 * Reads files as a container of these layers would see them. The helper mounts the layers read-only in a mount
 * namespace of its own and resolves every path inside that root, so nothing of the host can be named.
 *
 * @throws EngineError `launchFailed` when the layers cannot be mounted.
 */
export async function readRootFiles(request: RootFilesRequest): Promise<ReadonlyMap<string, RootFile>> {
  return read(request, stackSteps(request));
}

/**
 * Reads files of a container that runs. The helper joins its user and mount namespaces, so that it may do no more than
 * the container's root, and resolves every path inside; nothing of the container is executed.
 *
 * @throws EngineError `launchFailed` when the container is gone.
 */
export async function readRunningFiles(request: RunningFilesRequest): Promise<ReadonlyMap<string, RootFile>> {
  const { target, spec, namespaces = ["user", "mount"] } = request;
  const root = hostStep("joinedRoot", {});
  return read(request, [...targetSteps(target), joinStep("host", spec, namespaces), root]);
}

async function read(request: ReadRequest, toRoot: readonly LaunchStep[]): Promise<ReadonlyMap<string, RootFile>> {
  const contents = new Map<string, JournalRecord>();
  let failed: JournalRecord | undefined;
  const onRecord = (record: JournalRecord) => {
    if (record.op === "failed") failed ??= record;
    else if (record.op === "file") contents.set(record.fields.get("path") ?? "", record);
  };
  const wanted = [...new Set(request.paths)];
  const reading = wanted.map((path) => hostStep("readFile", { path, limit: request.maxBytes }));
  const plan = { steps: [...toRoot, ...reading] };
  await runHelper({ plan, helperPath: request.helperPath, stdio: ["ignore", "ignore", "ignore"], onRecord });
  if (failed !== undefined || contents.size !== wanted.length) throw unreadable(failed);
  return new Map([...contents].map(([path, record]) => [path, rootFile(record)]));
}

function rootFile({ fields, bytes }: JournalRecord): RootFile {
  const errno = Number(fields.get("errno"));
  const mode = Number(fields.get("mode"));
  return {
    ...(errno === 0 ? {} : { errno: errnoName(errno) }),
    bytes,
    ...(mode === 0 ? {} : { mode }),
  };
}

function hostStep(op: string, fields: Record<string, FieldValue>): LaunchStep {
  return { id: op, phase: "host", op, fields, why: "" };
}

function stackSteps({ stage, layers, upper }: RootFilesRequest): LaunchStep[] {
  const trees = [...(upper === undefined ? [] : [upper]), ...[...layers].reverse()];
  return [
    ...trees.map((path, index) => hostStep("openTree", { as: `layer${index}`, path, type: "directory" })),
    hostStep("privateMounts", {}),
    hostStep("stage", { at: stage, option: stageOptions }),
    ...trees.map((_, slot) => hostStep("layer", { from: `layer${slot}`, slot })),
    // overlayfs wants two lower layers when it has no upper one; the second of a single-layer image is empty
    hostStep("layer", { slot: trees.length }),
    hostStep("overlay", {
      layers: trees.length + 1,
      owner: 0,
      attribute: ["MOUNT_ATTR_RDONLY", "MOUNT_ATTR_NOSUID", "MOUNT_ATTR_NODEV", "MOUNT_ATTR_NOEXEC"],
      option: [],
    }),
  ];
}

function unreadable(failed: JournalRecord | undefined): EngineError {
  const reason =
    failed === undefined
      ? "the helper ended early"
      : `${failed.fields.get("name")}: ${errnoName(Number(failed.fields.get("errno")))}`;
  return new EngineError("launchFailed", `cannot look into the root file system: ${reason}`, {
    hint: 'see what this machine lacks with "brig doctor"',
  });
}
