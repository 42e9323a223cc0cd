import { join } from "node:path";
import { readRecord, removeFile, writeRecord } from "../base/index.ts";
import type { EngineSettings } from "../engine.ts";

/** Where the labs of an engine are. */
export interface LabPlaces {
  /** Of the engine that the labs belong to; theirs are below its roots. */
  readonly settings: EngineSettings;
  readonly root: string;
  readonly runRoot: string;
}

/** The roots of one lab: nothing of it is anywhere else. */
export interface LabDirectories {
  readonly directory: string;
  readonly root: string;
  readonly runDirectory: string;
  readonly runRoot: string;
  /** For what a lab shows to its container. */
  readonly files: string;
  /** The group above those of its containers, below the top of cgroup v2. */
  readonly cgroupParent: string;
}

/** The directories of a lab by its number, made or not. Pure. */
export function labDirectories({ root, runRoot }: Pick<LabPlaces, "root" | "runRoot">, number: number): LabDirectories {
  const name = String(number).padStart(2, "0");
  const directory = join(root, "labs", name);
  const runDirectory = join(runRoot, "labs", name);
  return {
    directory,
    root: join(directory, "root"),
    runDirectory,
    runRoot: join(runDirectory, "root"),
    files: join(directory, "files"),
    cgroupParent: `/brig-labs/${name}`,
  };
}

/** What is remembered of a lab that was started: `labs/NN/lab.json` below the data root. */
export interface LabRecord {
  /** The process that keeps the lab's namespaces (`processMark`). */
  readonly machine: string;
  /** How many hints were given. */
  readonly hints: number;
}

function recordPath({ directory }: LabDirectories): string {
  return join(directory, "lab.json");
}

/** @throws EngineError `storeCorrupt` for a damaged record. */
export function readLab(directories: LabDirectories): LabRecord | undefined {
  const record = readRecord(recordPath(directories));
  if (record === undefined) return undefined;
  const { machine, hints } = record;
  return { machine: typeof machine === "string" ? machine : "", hints: typeof hints === "number" ? hints : 0 };
}

/** Replaces what is remembered, in one step. */
export function writeLab(directories: LabDirectories, record: LabRecord): void {
  writeRecord(recordPath(directories), record, { durable: false });
}

/** Idempotent. */
export function forgetLab(directories: LabDirectories): void {
  removeFile(recordPath(directories));
}
