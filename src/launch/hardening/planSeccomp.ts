import type { SpecSeccomp } from "../../oci/index.ts";
import { parseSeccompProfile } from "../seccomp/parseProfile.ts";
import { defaultSeccompProfile } from "../seccomp/profile.ts";
import { resolveProfile, type SeccompContext } from "../seccomp/resolveProfile.ts";
import type { SecurityOptions } from "./securityOptions.ts";

export interface SeccompRequest {
  readonly options: SecurityOptions;
  readonly privileged: boolean;
  /** The text of the file that `options.seccomp` names, when it names one. */
  readonly fileText?: string;
  readonly context: SeccompContext;
}

/**
 * The seccomp section of a container's specification; undefined when its calls are not filtered. Pure. A file that was
 * asked for counts for a privileged container too, the default profile does not, as with Docker.
 *
 * @throws EngineError `invalidConfig` for a profile that cannot be used.
 */
export function planSeccomp({ options, privileged, fileText, context }: SeccompRequest): SpecSeccomp | undefined {
  if (options.seccomp.kind === "unconfined") return undefined;
  if (options.seccomp.kind === "file") {
    if (fileText === undefined) throw new Error(`the seccomp profile "${options.seccomp.path}" was not read`);
    return parseSeccompProfile(fileText, context);
  }
  if (privileged) return undefined;
  return resolveProfile(defaultSeccompProfile(options.profile === "strict" ? "strict" : "default"), context);
}
