import {
  describeErrno,
  EngineError,
  errnoName,
  failPoint,
  type HelperOutcome,
  type HelperProcess,
  spawnHelper,
} from "../base/index.ts";
import { quoteName } from "./byteString.ts";
import { HelperStream } from "./helperStream.ts";
import { planLayerEntry } from "./layerEntries.ts";
import type { LayerLimits } from "./layerLimits.ts";
import { planUnpacking } from "./planUnpacking.ts";
import { RecordWriter } from "./recordWriter.ts";
import type { TarEntry } from "./tarEntry.ts";
import { TarReader } from "./tarReader.ts";

export interface UnpackedLayer {
  readonly entries: number;
  /** Bytes of file contents. */
  readonly bytes: number;
  /** The layer hides everything below it: its root directory is opaque, which overlayfs itself would not honour. */
  readonly opaqueRoot: boolean;
}

export interface UnpackRequest {
  readonly helperPath: string;
  /** An empty directory of ours, which nobody else works in. */
  readonly directory: string;
  readonly limits: LayerLimits;
}

/** Unpacks one layer archive into a directory through the helper, as the archive's bytes arrive. */
export class UnpackStream {
  readonly #helper: HelperProcess;
  readonly #stream: HelperStream;
  readonly #writer: RecordWriter;
  readonly #reader: TarReader;
  #takesContent = false;
  #opaqueRoot = false;

  constructor({ helperPath, directory, limits }: UnpackRequest) {
    this.#helper = spawnHelper(helperPath, planUnpacking(directory));
    this.#stream = new HelperStream(this.#helper.stdin);
    this.#writer = new RecordWriter(this.#stream);
    this.#reader = new TarReader(
      { entry: (entry) => this.#entry(entry), content: (bytes) => this.#content(bytes) },
      limits,
    );
  }

  /** The next bytes of the archive, which belong to the stream from here on. Throws or rejects with EngineError. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#helper.stdin.destroyed) return this.#failed();
    this.#reader.feed(chunk);
    failPoint("pull.unpack-mid");
    return this.#stream.pressure();
  }

  /** The archive is complete: resolves when everything in it is unpacked and on the disk. */
  async finish(): Promise<UnpackedLayer> {
    this.#reader.finish();
    this.#writer.end();
    const outcome = await this.#helper.ended;
    if (outcome.status !== 0 || !outcome.records.some(({ op }) => op === "done")) throw unpackError(outcome);
    return { entries: this.#writer.entries, bytes: this.#writer.bytes, opaqueRoot: this.#opaqueRoot };
  }

  /** Ends the helper; resolves when it is gone. Never rejects. */
  async cancel(): Promise<void> {
    this.#helper.kill();
    await this.#helper.ended.catch(() => undefined);
  }

  /** The helper closed its end: how it ended says why. */
  async #failed(): Promise<never> {
    throw unpackError(await this.#helper.ended);
  }

  #entry(entry: TarEntry): void {
    const record = planLayerEntry(entry);
    this.#takesContent = record?.op === "file";
    if (record === undefined) return;
    if (record.op === "opaque" && record.path === ".") this.#opaqueRoot = true;
    this.#writer.record(record);
  }

  #content(bytes: Buffer): void {
    if (this.#takesContent) this.#stream.bytes(bytes);
  }
}

/** Errors that come from the archive's own contradictions, not from the file system's state. */
const archiveErrors: ReadonlySet<string> = new Set([
  "ENOTDIR",
  "ELOOP",
  "ENOENT",
  "EISDIR",
  "EXDEV",
  "EINVAL",
  "ENAMETOOLONG",
  "EEXIST",
  "EBADMSG",
  "E2BIG",
  "EMLINK",
]);

function unpackError({ status, records }: HelperOutcome): EngineError {
  const report = records.find(({ op }) => op === "error");
  if (report === undefined) {
    const reason = status > 128 ? `signal ${status - 128} ended it` : `it ended with status ${status}`;
    return new EngineError("fileSystem", `cannot unpack the layer: the native helper failed, ${reason}`, {
      details: { status },
    });
  }
  const errno = errnoName(Number(report.fields.get("errno")));
  const path = report.fields.get("path") ?? "";
  const what = path === "" ? "the layer" : `the layer entry ${quoteName(path)}`;
  const message = `cannot unpack ${what}: ${report.fields.get("call") ?? ""}: ${describeErrno(errno)}`;
  const details = { errno, path, call: report.fields.get("call"), op: report.fields.get("op") };
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return new EngineError("noSpace", message, {
      hint: 'free some space, or move the data root with "--root DIR"',
      details,
    });
  }
  return new EngineError(path !== "" && archiveErrors.has(errno) ? "malformedLayer" : "fileSystem", message, {
    details,
  });
}
