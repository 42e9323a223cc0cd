import { existsSync } from "node:fs";
import { findSystemProgram, readFileIfExists } from "../base/index.ts";
import type { AppArmorFacts, SecurityModules, SelinuxContexts } from "./hostFacts.ts";

const kernelProfiles = "/sys/kernel/security/apparmor/profiles";
/** The features of the kernel that a profile was written for; parsers since 3.0 bring it (apparmor.d(5), "ABI"). */
const abiFile = "/etc/apparmor.d/abi/3.0";

/** Which security modules are at work. Where none is, two files are looked for and no more. */
export function readSecurityModules(): SecurityModules {
  // securityfs need not be mounted, and AppArmor may be built in but off.
  const apparmor = readFileIfExists("/sys/module/apparmor/parameters/enabled")?.trim() === "Y";
  // The list of modules (`lsm` of securityfs) names SELinux where it was switched off at boot, too.
  const selinux = existsSync("/sys/fs/selinux/enforce");
  const profiles = apparmor ? readProfiles() : undefined;
  const contexts = selinux ? readContexts() : undefined;
  return {
    apparmor,
    selinux,
    ...(profiles === undefined ? {} : { appArmor: profiles }),
    ...(contexts === undefined ? {} : { selinuxContexts: contexts }),
  };
}

/** Undefined where profiles can neither be seen nor loaded: securityfs is not mounted, or this is not root. */
function readProfiles(): AppArmorFacts | undefined {
  const loaded = readFileIfAllowed(kernelProfiles);
  if (loaded === undefined) return undefined;
  const parser = findSystemProgram("apparmor_parser");
  return { loaded: parseProfiles(loaded), knowsAbi: existsSync(abiFile), ...(parser === undefined ? {} : { parser }) };
}

/** A line is `NAME (MODE)`; a name may hold blanks. */
export function parseProfiles(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const end = line.lastIndexOf(" (");
    return end <= 0 ? [] : [line.slice(0, end)];
  });
}

function readContexts(): SelinuxContexts | undefined {
  const policy = /^SELINUXTYPE=([A-Za-z0-9_-]{1,64})\s*$/m.exec(readFileIfAllowed("/etc/selinux/config") ?? "")?.[1];
  if (policy === undefined) return undefined;
  return parseContexts(readFileIfAllowed(`/etc/selinux/${policy}/contexts/lxc_contexts`) ?? "");
}

/** What the policy says containers and their files are labelled with; lines of `key = "value"`. */
export function parseContexts(text: string): SelinuxContexts | undefined {
  const value = (key: string) => new RegExp(`^\\s*${key}\\s*=\\s*"?([^"\\s]+)"?\\s*$`, "m").exec(text)?.[1];
  const [process, file] = [value("process"), value("file")];
  return process === undefined || file === undefined ? undefined : { process, file };
}

/** Only root may read some of them, and a plan needs no root. */
function readFileIfAllowed(path: string): string | undefined {
  try {
    return readFileIfExists(path);
  } catch {
    return undefined;
  }
}
