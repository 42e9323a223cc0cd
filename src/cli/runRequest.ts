import { resolve } from "node:path";
import { readBoundedFile } from "../base/index.ts";
import { parseEnvFile, parseLabelFile, type RunOptions } from "../container/index.ts";
import type { RunDraft } from "./flags/runDraft.ts";

/** A file of variables or labels larger than this is a mistake. */
const largestListBytes = 8 * 1024 * 1024;

/** The request that the flags and arguments of `run` make. Reads `--env-file` and `--label-file`. */
export function finishRunRequest(draft: RunDraft, args: readonly string[]): RunOptions {
  const { options, limits, envFiles, labelFiles, caller } = draft;
  const [image = "", ...command] = args;
  const env = readListFiles(envFiles, caller.cwd).flatMap((bytes) => parseEnvFile(bytes, caller.env));
  const labels = readListFiles(labelFiles, caller.cwd).flatMap((bytes) => parseLabelFile(bytes));
  return {
    ...options,
    image,
    ...(command.length === 0 ? {} : { command }),
    ...(env.length === 0 ? {} : { env: [...env, ...(options.env ?? [])] }),
    ...(labels.length === 0 ? {} : { labels: new Map([...labels, ...(options.labels ?? [])]) }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

/**
 * The contents of files of variables or labels, each of bounded size, whatever kind of file it is.
 *
 * @throws EngineError `fileSystem`, `limitExceeded`.
 */
export function readListFiles(paths: readonly string[], cwd: string): readonly Uint8Array[] {
  return paths.map((path) =>
    readBoundedFile({ path: resolve(cwd, path), maxBytes: largestListBytes, what: "the file" }),
  );
}
