import { arch } from "node:os";
import { EngineError } from "../base/index.ts";
import type { Descriptor, Platform } from "../oci/index.ts";

/** Other names of architectures, with the variant that they imply. */
const aliases: ReadonlyMap<string, readonly [architecture: string, variant?: string]> = new Map<
  string,
  readonly [string, string?]
>([
  ["x86_64", ["amd64"]],
  ["x86-64", ["amd64"]],
  ["x64", ["amd64"]],
  ["aarch64", ["arm64"]],
  ["armhf", ["arm", "v7"]],
  ["armel", ["arm", "v6"]],
  ["i386", ["386"]],
  ["i686", ["386"]],
  ["ia32", ["386"]],
  ["ppc64", ["ppc64le"]],
]);

const defaultVariants: ReadonlyMap<string, string> = new Map([
  ["arm64", "v8"],
  ["arm", "v7"],
  ["amd64", "v1"],
]);

const isPart = (text: string): boolean => text.length <= 64 && /^[A-Za-z0-9_.-]+$/.test(text);

/**
 * Parses `OS/ARCHITECTURE[/VARIANT]` or an architecture alone, with the usual other names (`x86_64`, `aarch64`).
 *
 * @throws EngineError `invalidValue`.
 */
export function parsePlatform(text: string): Platform {
  const parts = text.length > 200 ? [] : text.split("/");
  if (parts.length < 1 || parts.length > 3 || !parts.every(isPart)) {
    throw new EngineError("invalidValue", `invalid platform "${text.slice(0, 200)}"`, {
      hint: 'write it like "linux/arm64" or "linux/arm/v7"',
    });
  }
  const [first = "", second, variant] = parts;
  if (second !== undefined) return normalizePlatform({ os: first, architecture: second, ...optionalVariant(variant) });
  // One word is an operating system only when it is the one that brig runs.
  if (first === "linux") return { ...hostPlatform(), os: "linux" };
  return normalizePlatform({ os: "linux", architecture: first });
}

/** The platform of this machine. */
export function hostPlatform(): Platform {
  return normalizePlatform({ os: "linux", architecture: arch() });
}

/** One spelling for each platform: lower case, no aliases, and no variant where it is the usual one. */
export function normalizePlatform(platform: Platform): Platform {
  const architecture = platform.architecture.toLowerCase();
  const [name, implied] = aliases.get(architecture) ?? [architecture];
  const variant = platform.variant?.toLowerCase() || implied;
  // Docker writes arm/v7 in full and leaves out v8 of arm64 and v1 of amd64.
  const shown = name === "arm" ? (variant ?? "v7") : variant === defaultVariants.get(name) ? undefined : variant;
  return { os: platform.os.toLowerCase(), architecture: name, ...optionalVariant(shown) };
}

function optionalVariant(variant: string | undefined): { variant?: string } {
  return variant === undefined || variant === "" ? {} : { variant };
}

/** `linux/arm64`, `linux/arm/v7`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join("/");
}

/**
 * How well an image for `offered` runs where `wanted` is asked for: 0 is exact, more is worse, undefined is not at
 * all. A later variant of arm and amd64 runs the earlier ones.
 */
export function platformDistance(wanted: Platform, offered: Platform): number | undefined {
  const [want, offer] = [normalizePlatform(wanted), normalizePlatform(offered)];
  if (want.os !== offer.os || want.architecture !== offer.architecture) return undefined;
  const [wantVersion, offerVersion] = [variantVersion(want), variantVersion(offer)];
  if (wantVersion === undefined || offerVersion === undefined) return want.variant === offer.variant ? 0 : undefined;
  return offerVersion <= wantVersion ? wantVersion - offerVersion : undefined;
}

function variantVersion({ architecture, variant }: Platform): number | undefined {
  const match = /^v(\d{1,2})$/.exec(variant ?? defaultVariants.get(architecture) ?? "");
  return match === null ? undefined : Number(match[1]);
}

/**
 * The entries of an index to try for a platform, best first; entries that do not state their platform come last.
 * Attestations, which are listed as `unknown/unknown`, are never chosen.
 */
export function rankByPlatform(entries: readonly Descriptor[], wanted: Platform): readonly Descriptor[] {
  const ranked = entries.filter(isImage).map((entry) => {
    const stated = entry.platform;
    return { entry, distance: stated === undefined ? Number.MAX_SAFE_INTEGER : platformDistance(wanted, stated) };
  });
  const fitting = ranked.filter((item): item is { entry: Descriptor; distance: number } => item.distance !== undefined);
  return fitting.sort((one, other) => one.distance - other.distance).map(({ entry }) => entry);
}

/** The entries that can be images: attestations, which are listed as `unknown/unknown`, are none. */
export function imageEntries(entries: readonly Descriptor[]): readonly Descriptor[] {
  return entries.filter(isImage);
}

/** The platforms that an index offers, for messages. */
export function listPlatforms(entries: readonly Descriptor[]): readonly string[] {
  const stated = entries.filter(isImage).flatMap(({ platform }) => (platform === undefined ? [] : [platform]));
  return [...new Set(stated.map((platform) => formatPlatform(normalizePlatform(platform))))];
}

function isImage({ platform, annotations }: Descriptor): boolean {
  if (annotations?.["vnd.docker.reference.type"] === "attestation-manifest") return false;
  return platform === undefined || !(platform.os === "unknown" || platform.architecture === "unknown");
}
