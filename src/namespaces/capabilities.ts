import { EngineError, nearestWord } from "../base/index.ts";
import type { SpecCapabilities } from "../oci/index.ts";
import { allCapabilities, capabilityNames } from "./capabilityNames.ts";

/** What a container may do when nobody says otherwise; `docker` is what Docker gives, `default` is three less. */
export type CapabilityProfile = "default" | "docker";

/** Enough for images that install packages, change owners and identities and bind low ports. */
const defaultCapabilities = capabilitiesOf(
  "CHOWN DAC_OVERRIDE FOWNER FSETID KILL NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT",
);

/** What Docker gives a container that asks for nothing (moby's daemon/pkg/oci/caps; "Runtime privilege and Linux capabilities"). */
export const dockerCapabilities: readonly string[] = [
  ...defaultCapabilities,
  ...capabilitiesOf("MKNOD NET_RAW AUDIT_WRITE"),
];

const profileCapabilities: Readonly<Record<CapabilityProfile, readonly string[]>> = {
  default: defaultCapabilities,
  docker: dockerCapabilities,
};

function capabilitiesOf(text: string): readonly string[] {
  return text.split(" ").map((name) => `CAP_${name}`);
}

/**
 * Parses one value of `--cap-add` or `--cap-drop`: a name with or without `CAP_`, in any case, or `ALL`.
 *
 * @throws EngineError `invalidValue` with Docker's sentence and the nearest right name.
 */
export function parseCapability(text: string, flag: "CapAdd" | "CapDrop"): string {
  const upper = text.length > 64 ? "" : text.trim().toUpperCase();
  if (upper === "ALL" || upper === "CAP_ALL") return "ALL";
  const name = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
  if (allCapabilities.includes(name)) return name;
  const meant = nearestWord(name, allCapabilities);
  throw new EngineError("invalidValue", `invalid ${flag}: unknown capability: ${JSON.stringify(text.slice(0, 64))}`, {
    hint: meant === undefined ? "capabilities(7) lists the names" : `did you mean ${meant}?`,
  });
}

export interface CapabilityRequest {
  readonly profile: CapabilityProfile;
  readonly add: readonly string[];
  readonly drop: readonly string[];
  readonly privileged: boolean;
}

export interface ResolvedCapabilities {
  /** In the order of their numbers. */
  readonly names: readonly string[];
  /** Asked for, but the kernel does not have them or the caller does not hold them. */
  readonly leftOut: readonly string[];
}

/**
 * The capabilities of a container, as Docker decides them: the order of flags does not matter; `--cap-add ALL` starts
 * from all and takes the dropped ones away, `--cap-drop ALL` starts from none and gives the added ones; otherwise the
 * dropped ones leave the profile and then the added ones join. A privileged container has all. Pure.
 *
 * `available` is the mask of what the caller may pass on: its own effective and bounding set.
 *
 * @throws EngineError `invalidValue` for a name that is no capability.
 */
export function resolveCapabilities(request: CapabilityRequest, available: bigint): ResolvedCapabilities {
  const wanted = new Set(wantedCapabilities(request));
  const offered = new Set(capabilityNames(available));
  return {
    names: allCapabilities.filter((name) => wanted.has(name) && offered.has(name)),
    leftOut: allCapabilities.filter((name) => wanted.has(name) && !offered.has(name)),
  };
}

function wantedCapabilities({ profile, add, drop, privileged }: CapabilityRequest): readonly string[] {
  const added = add.map((text) => parseCapability(text, "CapAdd"));
  const dropped = new Set(drop.map((text) => parseCapability(text, "CapDrop")));
  if (privileged) return allCapabilities;
  if (added.includes("ALL")) return allCapabilities.filter((name) => !dropped.has(name));
  if (dropped.has("ALL")) return added;
  return [...profileCapabilities[profile].filter((name) => !dropped.has(name)), ...added];
}

/**
 * The five sets of a container's first process. Inheritable and ambient are empty: with them, a file that carries
 * inheritable capabilities would give them to any user of the container (CVE-2022-24769).
 */
export function capabilitySets(names: readonly string[]): SpecCapabilities {
  return { bounding: names, effective: names, permitted: names, inheritable: [], ambient: [] };
}
