import { EngineError } from "../../base/index.ts";
import type { SecurityModules } from "../../host/index.ts";
import { appArmorProfile, ownAppArmorProfile } from "./appArmorProfile.ts";

export interface AppArmorRequest {
  /** `--security-opt apparmor=`, or a name that a specification has. */
  readonly asked?: string;
  readonly privileged: boolean;
  readonly modules: SecurityModules;
}

/**
 * The `apparmorProfile` of a container's specification: what was asked for, else brig's own where it can be loaded or is,
 * else undefined. `unconfined` leaves the container in what confines the caller. Pure.
 *
 * @throws EngineError `notOffered` for a profile that this host cannot apply.
 */
export function planAppArmor({ asked, privileged, modules }: AppArmorRequest): string | undefined {
  if (asked === "unconfined" || (asked === undefined && privileged)) return modules.apparmor ? "unconfined" : undefined;
  if (asked === undefined) return canHaveOwn(modules) ? ownAppArmorProfile : undefined;
  const offered = asked === ownAppArmorProfile ? canHaveOwn(modules) : modules.appArmor?.loaded.includes(asked);
  if (offered === true) return asked;
  throw new EngineError(
    "notOffered",
    `cannot apply the AppArmor profile ${JSON.stringify(asked)}: ${whyNot(modules)}`,
    {
      hint:
        modules.appArmor === undefined
          ? "leave the option out: seccomp, capabilities and namespaces confine the container"
          : "load it with apparmor_parser, or leave the option out",
    },
  );
}

function canHaveOwn({ appArmor }: SecurityModules): boolean {
  return appArmor !== undefined && (appArmor.parser !== undefined || appArmor.loaded.includes(ownAppArmorProfile));
}

function whyNot({ apparmor, appArmor }: SecurityModules): string {
  if (!apparmor) return "AppArmor is not at work in this kernel";
  return appArmor === undefined ? "the kernel's list of profiles cannot be read" : "it is not loaded";
}

/** How brig's own profile gets into the kernel: the program and what it reads. */
export interface AppArmorLoad {
  readonly parser: string;
  readonly text: string;
}

/**
 * What must be loaded before a container with this profile starts: nothing, when the kernel has the profile and `known`, the
 * text that was loaded last in this boot, is what it should be. Pure.
 */
export function planAppArmorLoad(
  { appArmor }: SecurityModules,
  { profile, known }: { readonly profile: string | undefined; readonly known: string | undefined },
): AppArmorLoad | undefined {
  if (profile !== ownAppArmorProfile || appArmor?.parser === undefined) return undefined;
  const text = appArmorProfile(appArmor.knowsAbi);
  return known === text && appArmor.loaded.includes(profile) ? undefined : { parser: appArmor.parser, text };
}
