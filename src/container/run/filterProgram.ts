import { arch as processorArchitecture } from "node:os";
import { cachedProgram, type LaunchRequest, nativeArch } from "../../launch/index.ts";
import type { Grants } from "../spec/planGrants.ts";

/**
 * The compiled profile of a container, when it has one. Compiled filters are kept in `cache`; absent: nothing is kept.
 *
 * @throws EngineError `limitExceeded` for a profile that makes too long a filter, those of `cachedProgram`.
 */
export async function filterProgram(
  { seccomp }: Pick<Grants, "seccomp">,
  cache?: string,
): Promise<Pick<LaunchRequest, "seccompProgram">> {
  if (seccomp === undefined) return {};
  const arch = nativeArch(processorArchitecture());
  return { seccompProgram: await cachedProgram({ spec: seccomp, arch, ...(cache === undefined ? {} : { cache }) }) };
}
