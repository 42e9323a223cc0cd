import type { RuntimeSpec } from "../oci/index.ts";
import type { LaunchRequest } from "./launchRequest.ts";
import { type LaunchStep, stepsOf } from "./plan.ts";

const hostStep = stepsOf("host");
const childStep = stepsOf("child");
const initStep = stepsOf("init");

/**
 * What security modules need before the child is made: brig's own profile in the kernel, and labels on files that the
 * container is to use. Both are done by programs of the host. Pure; no steps where there is no such module.
 */
export function compileConfinementReady({ appArmorLoad, relabels = [] }: LaunchRequest): readonly LaunchStep[] {
  return [...(appArmorLoad === undefined ? [] : [loadStep(appArmorLoad)]), ...relabels.map(relabelStep)];
}

function loadStep({ parser, text }: NonNullable<LaunchRequest["appArmorLoad"]>): LaunchStep {
  return hostStep(
    "lsm.load",
    "tool",
    { tool: parser, argv: ["apparmor_parser", "--replace", "--skip-cache", "--quiet"], input: text },
    { why: "the kernel does not have brig's profile as it is, and keeps it from here on", doc: "apparmor_parser(8)" },
  );
}

/** chcon(1) goes by descriptors and follows no symbolic link, neither one that it meets nor one that is put in its way. */
function relabelStep({ label, paths }: NonNullable<LaunchRequest["relabels"]>[number], index: number): LaunchStep {
  return hostStep(
    `lsm.relabel.${index}`,
    "tool",
    { tool: "/usr/bin/chcon", argv: ["chcon", "-R", "-P", "-h", "--preserve-root", "--", label, ...paths] },
    { why: "SELinux lets the container use these files", doc: "chcon(1)" },
  );
}

/**
 * What the process that becomes the payload tells security modules about itself, while it still sees the host's /proc: the
 * container's own could have been put there by the image (CVE-2019-16884). It takes effect at execve(2), so it is not enough
 * for an init in front of the payload, which is not executed: see `initConfinementSteps`. Pure.
 */
export function confinementSteps({ spec, init }: Pick<LaunchRequest, "init" | "spec">): readonly LaunchStep[] {
  const { profile, label } = confinementOf(spec.process);
  const own = (id: string, file: string, value: string, why: string): LaunchStep =>
    childStep(id, "setting", { file: `/proc/thread-self/attr/${file}`, value }, { why, doc: "proc_pid_attr(5)" });
  const keys = label === undefined ? [] : [own("lsm.keys", "keycreate", label, "and its keys, which it may then use")];
  if (init) return keys;
  return [
    ...(profile === undefined
      ? []
      : [own("lsm.apparmor", "apparmor/exec", `exec ${profile}`, "AppArmor confines the payload by this profile")]),
    ...(label === undefined ? [] : [own("lsm.selinux", "exec", label, "SELinux knows the payload by this label")]),
    ...keys,
  ];
}

/**
 * Confines brig's own init, and with it the payload that it forks, at once: the last that is done before the payload is
 * executed, because the profile has to allow what a payload does and no more. It goes through the procfs that the container
 * was given, by descriptor: nothing mounted over a part of it can redirect what is written. Pure.
 */
export function initConfinementSteps({ process }: RuntimeSpec): readonly LaunchStep[] {
  const { profile, label } = confinementOf(process);
  const own = (id: string, file: string, value: string, why: string): LaunchStep =>
    initStep(id, "sysctl", { file: `self/attr/${file}`, value }, { why, doc: "proc_pid_attr(5)" });
  return [
    ...(profile === undefined
      ? []
      : [
          own(
            "lsm.apparmor",
            "apparmor/current",
            `changeprofile ${profile}`,
            "AppArmor confines brig's init and the payload by this profile",
          ),
        ]),
    ...(label === undefined
      ? []
      : [own("lsm.selinux", "current", label, "SELinux knows brig's init and the payload by this label")]),
  ];
}

function confinementOf({ apparmorProfile, selinuxLabel }: RuntimeSpec["process"]): {
  readonly profile: string | undefined;
  readonly label: string | undefined;
} {
  return { profile: apparmorProfile === "unconfined" ? undefined : apparmorProfile, label: selinuxLabel };
}

/** The option by which a new file system gives all of its files the container's label; none where the kernel takes none. */
export function labelOption({ linux }: RuntimeSpec, type: string): readonly string[] {
  const takesLabel = type === "tmpfs" || type === "devpts" || type === "overlay";
  return takesLabel && linux.mountLabel !== undefined ? [`context=${linux.mountLabel}`] : [];
}
