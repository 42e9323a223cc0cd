import type { SpecSeccomp, SpecSeccompArg, SpecSeccompRule } from "../../oci/index.ts";
import { abiFacts, filteredAbis, type NativeArch } from "./architectures.ts";

/** A seccomp profile in Docker's format: the rules of all machines, with the circumstances in which each applies. */
export interface SeccompProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly archMap?: readonly ArchMapping[];
  readonly flags?: readonly string[];
  readonly syscalls: readonly ProfileRule[];
}

export interface ArchMapping {
  readonly architecture: string;
  readonly subArchitectures: readonly string[];
}

export interface ProfileRule extends SpecSeccompRule {
  /** The rule applies only where all of this is true ... */
  readonly includes?: Circumstances;
  /** ... and none of this. */
  readonly excludes?: Circumstances;
}

export interface Circumstances {
  /** Capabilities, as in `CAP_SYS_ADMIN`. */
  readonly caps?: readonly string[];
  /** Docker's words: `amd64`, `x86`, `x32`, `arm64`. */
  readonly arches?: readonly string[];
  /** `4.8`: this kernel or a newer one. */
  readonly minKernel?: string;
}

/** The container and the machine that a profile is resolved for. */
export interface SeccompContext {
  /** What the container's processes may hold (its bounding set). */
  readonly capabilities: readonly string[];
  readonly arch: NativeArch;
  /** `uname -r`. */
  readonly kernelRelease: string;
}

/**
 * Keeps the rules of `profile` that apply in `context`. Pure. `includes.arches` is met when one of the named
 * architectures is the machine's own, `includes.caps` when all capabilities are there; an exclusion holds as soon as
 * one of its capabilities or architectures is there.
 *
 * @throws EngineError `invalidConfig` for an architecture that does not exist.
 */
export function resolveProfile(profile: SeccompProfile, context: SeccompContext): SpecSeccomp {
  const native = abiFacts[context.arch].scmp;
  const mapping = profile.archMap?.find((entry) => entry.architecture === native);
  const named = mapping === undefined ? (profile.architectures ?? []) : [native, ...mapping.subArchitectures];
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultErrnoRet === undefined ? {} : { defaultErrnoRet: profile.defaultErrnoRet }),
    architectures: filteredAbis(named, context.arch).map((abi) => abiFacts[abi].scmp),
    ...(profile.flags === undefined ? {} : { flags: profile.flags }),
    syscalls: profile.syscalls.filter((rule) => applies(rule, context)).map(withoutCircumstances),
  };
}

function applies(rule: ProfileRule, context: SeccompContext): boolean {
  if (rule.includes === undefined && rule.excludes === undefined) return true; // as most are
  const { includes = {}, excludes = {} } = rule;
  const hasCapability = (name: string) => context.capabilities.includes(name);
  const isMachine = (name: string) => name === abiFacts[context.arch].docker;
  const isRecent = (minimum: string) => compareReleases(context.kernelRelease, minimum) >= 0;

  if (includes.caps?.every(hasCapability) === false) return false;
  if (includes.arches !== undefined && includes.arches.length > 0 && !includes.arches.some(isMachine)) return false;
  if (includes.minKernel !== undefined && !isRecent(includes.minKernel)) return false;
  if (excludes.caps?.some(hasCapability) || excludes.arches?.some(isMachine)) return false;
  return excludes.minKernel === undefined || !isRecent(excludes.minKernel);
}

function withoutCircumstances({ names, action, errnoRet, args }: ProfileRule): SpecSeccompRule {
  return {
    names,
    action,
    ...(errnoRet === undefined ? {} : { errnoRet }),
    ...(args === undefined || args.length === 0 ? {} : { args: args.map(copyArg) }),
  };
}

function copyArg({ index, value, valueTwo, op }: SpecSeccompArg): SpecSeccompArg {
  return { index, value, ...(valueTwo === undefined ? {} : { valueTwo }), op };
}

/** Compares major and minor of two kernel releases; what follows ("-generic") does not count. */
function compareReleases(a: string, b: string): number {
  const [majorA, minorA] = releaseNumbers(a);
  const [majorB, minorB] = releaseNumbers(b);
  return majorA === majorB ? minorA - minorB : majorA - majorB;
}

function releaseNumbers(release: string): readonly [number, number] {
  const [major = "", minor = ""] = release.split(".", 2);
  return [Number.parseInt(major, 10) || 0, Number.parseInt(minor, 10) || 0];
}
