import { capabilityMask } from "../namespaces/index.ts";
import { initConfinementSteps } from "./compileConfinement.ts";
import type { LaunchRequest } from "./launchRequest.ts";
import { type LaunchStep, stepsOf } from "./plan.ts";
import { rlimitNames } from "./rlimitNames.ts";
import { seccompFlagBits } from "./seccomp/filterFlags.ts";

const step = stepsOf("init");

/** What the init phase needs of a request; a process that joins a container has no other part. */
export type InitRequest = Pick<LaunchRequest, "executables" | "init" | "seccompProgram" | "spec" | "stdin">;

/**
 * The steps of the init phase. The order is the point: limits while they can still be raised; the bounding set while
 * CAP_SETPCAP is held; the system-call filter before CAP_SYS_ADMIN goes, unless no_new_privs allows it later
 * (seccomp(2)); the working directory before the ids change, because root may enter what the user may not; ids before
 * the final capabilities (capabilities(7)); what confines an init last of all, for steps after it are under it.
 */
export function compileInit(request: InitRequest): LaunchStep[] {
  const { process, linux } = request.spec;
  const filter =
    request.seccompProgram === undefined ? [] : [seccompStep(request.seccompProgram, linux.seccomp?.flags)];
  const late = process.noNewPrivileges;
  const noNew = step(
    "priv.nonew",
    "noNewPrivileges",
    {},
    { why: "no set-user-id program can raise what this process has", doc: "prctl(2)" },
  );
  return [
    ...limitSteps(request),
    step("io.streams", "streams", request.stdin ? { stdin: 1 } : {}, {
      why: process.terminal
        ? "a new session whose terminal is the container's"
        : "a new session, so that the caller's terminal is out of reach",
      doc: "setsid(2)",
    }),
    step("priv.keyring", "keyring", {}, { why: "keys of the caller's session stay with the caller", doc: "keyctl(2)" }),
    ...(late ? [noNew] : []),
    step(
      "priv.bounding",
      "bounding",
      { capabilities: String(capabilityMask(process.capabilities.bounding)) },
      { why: "no program run from here on can gain more than these capabilities", doc: "capabilities(7)" },
    ),
    ...(late ? [] : filter),
    step("cwd.enter", "directory", { path: process.cwd }, { why: "the working directory", doc: "chdir(2)" }),
    identityStep(request),
    capabilityStep(request),
    ...(request.init ? initConfinementSteps(request.spec) : []),
    ...(late ? filter : []),
    executeStep(request),
  ];
}

/** RLIM_INFINITY, which the specification writes as -1 or as the largest 64-bit number. */
function limitText(value: number): string {
  return value < 0 || value > Number.MAX_SAFE_INTEGER ? "18446744073709551615" : String(value);
}

function limitSteps({ spec }: InitRequest): LaunchStep[] {
  return spec.process.rlimits.map(({ type, soft, hard }) =>
    step(
      `limit.${type}`,
      "rlimit",
      {
        resource: rlimitNames.findIndex((name) => type === `RLIMIT_${name.toUpperCase()}`),
        soft: limitText(soft),
        hard: limitText(hard),
      },
      { why: "--ulimit, or brig's default", doc: "setrlimit(2)" },
    ),
  );
}

function identityStep({ spec }: InitRequest): LaunchStep {
  const { uid, gid, umask, additionalGids } = spec.process.user;
  return step(
    "priv.identity",
    "identity",
    { uid, gid, group: additionalGids.map(String), ...(umask === undefined ? {} : { umask }) },
    { why: "the user that the image or --user names, with exactly its groups", doc: "setresuid(2)" },
  );
}

function capabilityStep({ spec }: InitRequest): LaunchStep {
  const { effective, permitted, inheritable, ambient } = spec.process.capabilities;
  return step(
    "priv.capabilities",
    "capabilities",
    {
      effective: String(capabilityMask(effective)),
      permitted: String(capabilityMask(permitted)),
      inheritable: String(capabilityMask(inheritable)),
      ambient: String(capabilityMask(ambient)),
    },
    { why: "what root may still do inside", doc: "capabilities(7)" },
  );
}

function seccompStep(program: string, flags: readonly string[] | undefined): LaunchStep {
  return step(
    "priv.seccomp",
    "seccomp",
    { program, flags: seccompFlagBits(flags) },
    { why: "system calls that a container does not need cannot be made", doc: "seccomp(2)" },
  );
}

function executeStep({ executables, init, spec }: InitRequest): LaunchStep {
  return step(
    "exec",
    "execute",
    { path: executables, argv: spec.process.args, env: spec.process.env, ...(init ? { init: 1 } : {}) },
    {
      why: init ? "brig's own init stays as process 1 and runs the payload" : "the payload takes over this process",
      doc: "execve(2)",
    },
  );
}
