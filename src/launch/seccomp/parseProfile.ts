import { EngineError } from "../../base/index.ts";
import type { SpecSeccomp, SpecSeccompArg } from "../../oci/index.ts";
import { encodeAction } from "./actions.ts";
import { filteredAbis } from "./architectures.ts";
import { decisionRanges } from "./decisions.ts";
import { seccompFlagBits } from "./filterFlags.ts";
import { refuseUnknownNames } from "./knownNames.ts";
import { countOf, elementsOf, type Member, memberOf, textOf } from "./members.ts";
import {
  type ArchMapping,
  type Circumstances,
  type ProfileRule,
  resolveProfile,
  type SeccompContext,
  type SeccompProfile,
} from "./resolveProfile.ts";

/** Docker's own profile has 15 kB. */
const maxProfileLength = 1024 * 1024;

/**
 * Reads a profile in Docker's format (`--security-opt seccomp=FILE`) and keeps what applies in `context`. Names of
 * system calls that do not exist are ignored where they are allowed, so a profile may be newer than brig.
 *
 * @throws EngineError `invalidConfig` naming the member that cannot be used.
 */
export function parseSeccompProfile(text: string, context: SeccompContext): SpecSeccomp {
  const profile = readProfile(parseJson(text));
  refuseUnknownNames(profile);
  const spec = resolveProfile(profile, context);
  seccompFlagBits(spec.flags);
  for (const abi of filteredAbis(spec.architectures, context.arch)) decisionRanges(spec, abi);
  return spec;
}

function parseJson(text: string): Member {
  if (text.length > maxProfileLength) {
    throw new EngineError("invalidConfig", `the seccomp profile has ${text.length} characters`, {
      hint: `a profile may have ${maxProfileLength}`,
    });
  }
  try {
    return { path: "", value: JSON.parse(text) as unknown };
  } catch (cause) {
    throw new EngineError("invalidConfig", "the seccomp profile is not JSON", {
      cause,
      hint: "the value of seccomp= is unconfined or the path of a file in Docker's profile format",
    });
  }
}

function readProfile(root: Member): SeccompProfile {
  const defaultAction = memberOf(root, "defaultAction");
  if (defaultAction === undefined) {
    throw new EngineError("invalidConfig", 'the seccomp profile has no "defaultAction"', {
      hint: "name what happens to the calls that no rule names, such as SCMP_ACT_ERRNO",
    });
  }
  const syscalls = memberOf(root, "syscalls");
  return {
    defaultAction: textOf(defaultAction),
    ...optional("defaultErrnoRet", memberOf(root, "defaultErrnoRet"), countOf),
    ...readArchitectures(root),
    ...optional("flags", memberOf(root, "flags"), textsOf),
    syscalls: syscalls === undefined ? [] : elementsOf(syscalls).map(readRule),
  };
}

function readArchitectures(root: Member): Pick<SeccompProfile, "architectures" | "archMap"> {
  const architectures = memberOf(root, "architectures");
  const archMap = memberOf(root, "archMap");
  if (architectures !== undefined && archMap !== undefined && elementsOf(architectures).length > 0) {
    if (elementsOf(archMap).length > 0) {
      throw new EngineError("invalidConfig", 'the seccomp profile has both "architectures" and "archMap"', {
        hint: "use either",
      });
    }
  }
  return {
    ...optional("architectures", architectures, textsOf),
    ...optional("archMap", archMap, (member) => elementsOf(member).map(readArchMapping)),
  };
}

function readArchMapping(member: Member): ArchMapping {
  const subArchitectures = memberOf(member, "subArchitectures");
  return {
    architecture: textOf(memberOf(member, "architecture") ?? { path: `${member.path}.architecture`, value: null }),
    subArchitectures: subArchitectures === undefined ? [] : textsOf(subArchitectures),
  };
}

function readRule(member: Member): ProfileRule {
  const action = textOf(memberOf(member, "action") ?? { path: `${member.path}.action`, value: null });
  const errnoRet = optional("errnoRet", memberOf(member, "errnoRet"), countOf);
  // Checked here too: a rule that does not apply on this machine is still a mistake of the profile.
  encodeAction(action, errnoRet.errnoRet, `${member.path}.action`);
  return {
    names: readNames(member),
    action,
    ...errnoRet,
    ...optional("args", memberOf(member, "args"), (args) => elementsOf(args).map(readArg)),
    ...optional("includes", memberOf(member, "includes"), readCircumstances),
    ...optional("excludes", memberOf(member, "excludes"), readCircumstances),
  };
}

function readNames(member: Member): readonly string[] {
  const name = memberOf(member, "name");
  const names = memberOf(member, "names");
  const single = name === undefined ? "" : textOf(name);
  const many = names === undefined ? [] : textsOf(names);
  if (single !== "" && many.length > 0) {
    throw new EngineError("invalidConfig", `seccomp profile: "${member.path}" has both "name" and "names"`, {
      hint: "use either",
    });
  }
  return single === "" ? many : [single];
}

function readArg(member: Member): SpecSeccompArg {
  const required = (key: string) => memberOf(member, key) ?? { path: `${member.path}.${key}`, value: null };
  return {
    index: countOf(required("index")),
    value: countOf(required("value")),
    ...optional("valueTwo", memberOf(member, "valueTwo"), countOf),
    op: textOf(required("op")),
  };
}

function readCircumstances(member: Member): Circumstances {
  return {
    ...optional("caps", memberOf(member, "caps"), textsOf),
    ...optional("arches", memberOf(member, "arches"), textsOf),
    ...optional("minKernel", memberOf(member, "minKernel"), textOf),
  };
}

function textsOf(member: Member): readonly string[] {
  return elementsOf(member).map(textOf);
}

/** `{ [key]: read(member) }`, or nothing when the member is absent. */
function optional<Key extends string, Value>(key: Key, member: Member | undefined, read: (member: Member) => Value) {
  // The compiler types a computed key as any string; here it is exactly `Key`.
  return (member === undefined ? {} : { [key]: read(member) }) as { readonly [K in Key]?: Value };
}
