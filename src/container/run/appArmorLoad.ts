import { join } from "node:path";
import { readFileIfExists, writeFileAtomic } from "../../base/index.ts";
import { type LaunchRequest, ownAppArmorProfile, planAppArmorLoad } from "../../launch/index.ts";
import type { EngineContext } from "./engineContext.ts";

/** The text that the kernel was given last; it forgets it when /run does. */
const fileName = "apparmor-profile";

/** brig's own AppArmor profile for a start that needs it, where the kernel has not got it as it is. */
export function appArmorLoad(
  { spec }: Pick<LaunchRequest, "spec">,
  { probeHost, runRoot }: Pick<EngineContext, "probeHost" | "runRoot">,
): Pick<LaunchRequest, "appArmorLoad"> {
  const profile = spec.process.apparmorProfile;
  if (profile !== ownAppArmorProfile) return {};
  const known = readFileIfExists(join(runRoot, fileName));
  const load = planAppArmorLoad(probeHost().securityModules, { profile, known });
  return load === undefined ? {} : { appArmorLoad: load };
}

/** After a start, which may have loaded it. */
export function noteAppArmorLoad(
  { appArmorLoad: load }: Pick<LaunchRequest, "appArmorLoad">,
  { runRoot }: Pick<EngineContext, "runRoot">,
): void {
  if (load !== undefined) writeFileAtomic(join(runRoot, fileName), load.text);
}
