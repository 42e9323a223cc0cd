import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError, foldText, makeDirectory, writeFileAtomic } from "../../base/index.ts";
import type { SpecSeccomp } from "../../oci/index.ts";
import type { NativeArch } from "./architectures.ts";

export interface ProgramRequest {
  readonly spec: SpecSeccomp;
  readonly arch: NativeArch;
  /** An engine-owned directory, made when it is missing; absent: nothing is read or kept. */
  readonly cache?: string;
}

/**
 * The filter program of a profile, from the cache when one compiled from the same profile is there: compiling takes
 * about ten milliseconds, a fifth of the time that a container needs to start. The file begins with the profile and the
 * compiler's version, so nothing ever has to be invalidated; its name only says where to look.
 *
 * @throws EngineError `fileSystem` when the cache cannot be read or written.
 */
export async function cachedProgram({ spec, arch, cache }: ProgramRequest): Promise<Uint8Array> {
  if (cache === undefined) return compile(spec, arch);
  const key = Buffer.from(`${JSON.stringify([compilerVersion, arch, spec])}\n`);
  const path = join(cache, `${foldText(key.toString("latin1")).toString(16).padStart(8, "0")}.bpf`);
  const known = readProgram(path, key);
  if (known !== undefined) return known;
  const program = await compile(spec, arch);
  makeDirectory(cache);
  writeFileAtomic(path, Buffer.concat([key, program]), { durable: true });
  return program;
}

/** To be raised with every change of the compiler that changes programs. */
const compilerVersion = 1;

async function compile(spec: SpecSeccomp, arch: NativeArch): Promise<Uint8Array> {
  const { compileSeccomp } = await import("./compile.ts");
  return compileSeccomp(spec, arch);
}

/** Undefined when there is none, or one that another profile left under the same name. */
function readProgram(path: string, key: Buffer): Uint8Array | undefined {
  try {
    const file = readFileSync(path);
    return key.equals(file.subarray(0, key.length)) ? file.subarray(key.length) : undefined;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "read", path);
  }
}
