import { EngineError } from "../base/index.ts";
import { runHelper } from "./helperProcess.ts";
import type { JournalRecord } from "./journalReader.ts";
import type { FieldValue, LaunchStep } from "./plan.ts";
import { errnoName } from "./stepReport.ts";

export interface RootFilesRequest {
  readonly helperPath: string;
  /** An engine-owned directory for the helper's staging tmpfs. */
  readonly stage: string;
  /** Layer trees, the lowest first. */
  readonly layers: readonly string[];
  /** The container's `upper` directory, laid over the layers, when it has one. */
  readonly upper?: string;
  /** Paths inside the root; symbolic links are followed inside it and nowhere else. */
  readonly paths: readonly string[];
  /** At most this many bytes of each file are read. */
  readonly maxBytes: number;
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
  const described = new Map<string, JournalRecord>();
  const read = new Map<string, JournalRecord>();
  let failed: JournalRecord | undefined;
  const onRecord = (record: JournalRecord) => {
    const path = record.fields.get("path") ?? "";
    if (record.op === "failed") failed ??= record;
    else if (record.op === "file") (described.has(path) ? read : described).set(path, record);
  };
  const plan = { steps: planReading(request) };
  await runHelper({ plan, helperPath: request.helperPath, stdio: ["ignore", "ignore", "ignore"], onRecord });
  if (failed !== undefined || read.size !== new Set(request.paths).size) throw unreadable(failed);
  return new Map([...read].map(([path, record]) => [path, rootFile(record, described.get(path))]));
}

/** The helper's answers, first what the file is, then what is in it. */
function rootFile(content: JournalRecord, description: JournalRecord | undefined): RootFile {
  const errno = Number(content.fields.get("errno"));
  const missing = description === undefined || description.fields.get("errno") !== "0";
  return {
    ...(errno === 0 ? {} : { errno: errnoName(errno) }),
    bytes: content.bytes,
    ...(missing ? {} : { mode: Number.parseInt(description.bytes.toString("ascii"), 8) }),
  };
}

function planReading({ stage, layers, upper, paths, maxBytes }: RootFilesRequest): LaunchStep[] {
  const trees = [...(upper === undefined ? [] : [upper]), ...[...layers].reverse()];
  const step = (op: string, fields: Record<string, FieldValue>): LaunchStep => ({
    id: op,
    phase: "host",
    op,
    fields,
    why: "",
  });
  return [
    ...trees.map((path, index) => step("openTree", { as: `layer${index}`, path, type: "directory" })),
    step("privateMounts", {}),
    step("stage", { at: stage }),
    ...trees.map((_, slot) => step("layer", { from: `layer${slot}`, slot })),
    // overlayfs wants two lower layers when it has no upper one; the second of a single-layer image is empty
    step("layer", { slot: trees.length }),
    step("overlay", {
      layers: trees.length + 1,
      owner: 0,
      attribute: ["MOUNT_ATTR_RDONLY", "MOUNT_ATTR_NOSUID", "MOUNT_ATTR_NODEV", "MOUNT_ATTR_NOEXEC"],
      option: [],
    }),
    ...[...new Set(paths)].flatMap((path) => [
      step("describeFile", { path }),
      step("readFile", { path, limit: maxBytes }),
    ]),
  ];
}

function unreadable(failed: JournalRecord | undefined): EngineError {
  const reason =
    failed === undefined
      ? "the helper ended early"
      : `${failed.fields.get("name")}: ${errnoName(Number(failed.fields.get("errno")))}`;
  return new EngineError("launchFailed", `cannot look into the image's layers: ${reason}`, {
    hint: 'see what this machine lacks with "brig doctor"',
  });
}
