import type { Readable } from "node:stream";
import { decodeRecords, describeErrno, EngineError, errnoName, type HelperProcess } from "../base/index.ts";
import { startPlan } from "./helperProcess.ts";
import type { JournalRecord } from "./journalReader.ts";
import type { LaunchStep } from "./plan.ts";
import { hostStep, openSelf, type RootView, viewSteps } from "./rootView.ts";

export interface ReadTreeRequest {
  readonly helperPath: string;
  readonly view: RootView;
  /** Inside the root; every part but the last is resolved there, with its links. */
  readonly path: string;
  /** Resolve the last part as well, when it is a symbolic link. */
  readonly followLast?: boolean;
  /** Only what is at the path itself. */
  readonly shallow?: boolean;
  /** Leave the contents of files out. */
  readonly namesOnly?: boolean;
}

export interface ReadLayerRequest {
  readonly helperPath: string;
  /** The layers below, whose entries of the same names are described beside those of the upper directory. */
  readonly view?: RootView;
  /** An upper directory of an overlay, or a layer. */
  readonly upper: string;
  readonly namesOnly?: boolean;
}

/** A tree on its way out of the helper. */
export interface TreeSource {
  /** Records of native/archive.c with the contents of files between them. */
  readonly output: Readable;
  /** Rejects with the reason when the output is not whole. */
  readonly ended: Promise<void>;
  /** Ends the helper at once. Idempotent. */
  cancel(): void;
}

/**
 * Starts to read what is at a path of a root. Whatever the container does meanwhile, nothing outside its root is named
 * or read (SECURITY-BASELINE V60, V63).
 *
 * `ended` rejects with EngineError `launchFailed` when there is no such root, and with `fileSystem`, `details.errno`
 * and `details.path` for what cannot be read.
 */
export function readTree({ helperPath, view, path, followLast, shallow, namesOnly }: ReadTreeRequest): TreeSource {
  const fields = {
    path,
    ...(followLast === true ? { follow: 1 } : {}),
    ...(shallow === true ? { shallow: 1 } : {}),
    ...(namesOnly === true || shallow === true ? { names: 1 } : {}),
  };
  return startReading(helperPath, [...viewSteps(view), hostStep("archive", fields)]);
}

/** Starts to read an upper directory: marks of deletion are `whiteout` and `opaque`. `ended` as of `readTree`. */
export function readLayer({ helperPath, view, upper, namesOnly }: ReadLayerRequest): TreeSource {
  const names = namesOnly === true ? { names: 1 } : {};
  const below = view === undefined ? {} : { below: 1 };
  const open = hostStep("openTree", { as: "upper", path: upper, type: "directory" });
  const around = view === undefined ? [openSelf] : viewSteps(view);
  const read = hostStep("archive", { tree: "upper", path: ".", ...below, ...names });
  return startReading(helperPath, [open, ...around, read]);
}

/**
 * Starts a helper that makes in a root what it is told as records on stdin, as one does that unpacks a layer, but
 * never puts a directory in the place of something else or something else in the place of a directory.
 *
 * `ended` rejects with EngineError `launchFailed` when there is no such root.
 */
export function startTreeWriter(helperPath: string, view: RootView): HelperProcess {
  const { helper, failure } = start(helperPath, [...viewSteps(view), hostStep("unpack", {})]);
  const ended = Promise.all([helper.ended, collect(helper.stdout)]).then(([, bytes]) => {
    const records = decodeRecords(bytes);
    const failed = failure();
    if (records.length === 0) throw unreachable(failed);
    return { status: failed === undefined ? 0 : 1, records };
  });
  ended.catch(() => undefined); // the caller may look at it late
  return { stdin: helper.stdin, ended, kill: helper.kill };
}

function startReading(helperPath: string, steps: readonly LaunchStep[]): TreeSource {
  const { helper, failure } = start(helperPath, steps);
  helper.stdin.end();
  const ended = helper.ended.then(({ code }) => {
    const failed = failure();
    if (code === 0 && failed === undefined) return;
    throw failed?.fields.get("step") === "archive" ? unreadable(failed) : unreachable(failed);
  });
  ended.catch(() => undefined);
  return { output: helper.stdout, ended, cancel: helper.kill };
}

function start(helperPath: string, steps: readonly LaunchStep[]) {
  let failed: JournalRecord | undefined;
  const onRecord = (record: JournalRecord) => {
    if (record.op === "failed") failed ??= record;
  };
  return { helper: startPlan({ plan: { steps }, helperPath, onRecord }), failure: () => failed };
}

/** Few bytes: how the helper's work ended. */
async function collect(output: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of output) chunks.push(chunk as Buffer); // a stream without an encoding has nothing else
  return Buffer.concat(chunks);
}

function unreachable(failed: JournalRecord | undefined): EngineError {
  const call = failed?.fields.get("name");
  const errno = failed === undefined ? undefined : errnoName(Number(failed.fields.get("errno")));
  const reason = errno === undefined ? "the helper ended early" : `${call}: ${errno}`;
  return new EngineError("launchFailed", `cannot enter the root file system: ${reason}`, {
    hint: 'see what this machine lacks with "brig doctor"',
    details: { call, errno },
  });
}

function unreadable({ fields }: JournalRecord): EngineError {
  const errno = errnoName(Number(fields.get("errno")));
  const path = fields.get("args") ?? "";
  return new EngineError("fileSystem", `cannot read ${JSON.stringify(path.slice(0, 500))}: ${describeErrno(errno)}`, {
    details: { errno, path, call: fields.get("name") },
  });
}
