import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EngineError, fileSystemError } from "../base/index.ts";
import { parseEnvFile, parseLabelFile, type RunOptions } from "../container/index.ts";
import type { RunDraft } from "./flags/runDraft.ts";

/** A file of variables or labels larger than this is a mistake. */
const largestListBytes = 8 * 1024 * 1024;

/** The request that the flags and arguments of `run` make. Reads `--env-file` and `--label-file`. */
export async function finishRunRequest(draft: RunDraft, args: readonly string[]): Promise<RunOptions> {
  const { options, limits, envFiles, labelFiles, caller } = draft;
  const [image = "", ...command] = args;
  const env = (await readListFiles(envFiles, caller.cwd)).flatMap((bytes) => parseEnvFile(bytes, caller.env));
  const labels = (await readListFiles(labelFiles, caller.cwd)).flatMap((bytes) => parseLabelFile(bytes));
  return {
    ...options,
    image,
    ...(command.length === 0 ? {} : { command }),
    ...(env.length === 0 ? {} : { env: [...env, ...(options.env ?? [])] }),
    ...(labels.length === 0 ? {} : { labels: new Map([...labels, ...(options.labels ?? [])]) }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

/** The contents of files of variables or labels, each of bounded size. */
export async function readListFiles(paths: readonly string[], cwd: string): Promise<readonly Uint8Array[]> {
  return Promise.all(paths.map((path) => readBounded(resolve(cwd, path), path)));
}

async function readBounded(path: string, named: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileSystemError(error, "read", named);
  });
  if (bytes.length <= largestListBytes) return bytes;
  throw new EngineError("limitExceeded", `cannot read "${named}": it is larger than ${largestListBytes} bytes`);
}
