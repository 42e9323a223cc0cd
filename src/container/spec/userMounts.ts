import { EngineError } from "../../base/index.ts";
import type { IdMaps } from "../../namespaces/index.ts";
import type { SpecMount } from "../../oci/index.ts";
import { printable } from "../options/singleLine.ts";
import type { BindIdMap } from "../runOptions.ts";
import { mountMappings } from "./mountedIds.ts";

/** A mount that the user or the image asked for, with its source found. */
export type ResolvedMount =
  | {
      readonly kind: "bind";
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly recursive: boolean;
      readonly propagation: string;
      readonly idMap?: BindIdMap;
      readonly relabel?: "shared" | "private";
    }
  | {
      readonly kind: "volume";
      readonly name: string;
      /** The directory of the volume that is shown. */
      readonly source: string;
      /** The path below the volume's own directory, which the source ends with. */
      readonly part?: { readonly directory: string; readonly part: string };
      readonly target: string;
      readonly readOnly: boolean;
      readonly anonymous: boolean;
      /** Fill it from the image first; the volume has been claimed for it. */
      readonly copyUp: boolean;
    }
  | { readonly kind: "tmpfs"; readonly target: string; readonly options: readonly string[] }
  /** A file system of a device or a server, mounted for this container alone. */
  | {
      readonly kind: "device";
      readonly target: string;
      readonly type: string;
      readonly device: string;
      readonly options: readonly string[];
    };

interface MountPlace {
  readonly kind: string;
  readonly target: string;
  readonly source?: string;
}

/** Files of procfs that lxcfs shows in a container's own measure: the only mounts that may cover a part of /proc. */
const procFiles: ReadonlySet<string> = new Set(
  "cpuinfo diskstats meminfo stat swaps uptime loadavg slabinfo".split(" ").map((name) => `/proc/${name}`),
);

/**
 * Refuses mounts over the kernel's file systems: a false /proc or /sys deceives whoever configures the container
 * through it (CVE-2019-16884, CVE-2025-52881). The host's own /sys may be shown where it belongs.
 *
 * @throws EngineError `invalidValue`.
 */
export function checkMountTarget({ kind, target, source = "" }: MountPlace): void {
  const within = (top: string) => target === top || target.startsWith(`${top}/`);
  const hostSys = kind === "bind" && source === target && within("/sys");
  const refused = (within("/proc") && !procFiles.has(target)) || (within("/sys") && !hostSys) || target === "/dev";
  if (!refused) return;
  throw new EngineError(
    "invalidValue",
    `cannot mount over ${printable(target)}: it belongs to the kernel's file systems`,
    {
      hint:
        target === "/dev" ? "use --device for a device, or --privileged for all of them" : "choose another mount point",
    },
  );
}

/** The mounts in the words of the runtime specification (config.md, "Mounts"). */
export function specMount(mount: ResolvedMount, ids?: IdMaps): SpecMount {
  const destination = mount.target;
  if (mount.kind === "tmpfs") {
    return { destination, type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "noexec", ...mount.options] };
  }
  if (mount.kind === "device") {
    return { destination, type: mount.type, source: mount.device, options: ["nosuid", "nodev", ...mount.options] };
  }
  const recursive = mount.kind === "bind" && mount.recursive;
  const propagation = mount.kind === "bind" ? mount.propagation : "rprivate";
  const mapped = mount.kind === "bind" && mount.idMap !== undefined ? mountMappings(mount.idMap, ids) : undefined;
  const word = recursive ? "ridmap" : "idmap";
  return {
    destination,
    type: "bind",
    source: mount.source,
    options: [
      recursive ? "rbind" : "bind",
      propagation,
      ...(mount.readOnly ? ["ro"] : ["rw"]),
      ...(mapped === undefined ? [] : [word]),
    ],
    ...mapped,
  };
}

/**
 * Puts the user's mounts among the default ones: one replaces the default mount of the same target; all are in the
 * order in which a mount comes after the one that it lies in.
 */
export function orderMounts(defaults: readonly SpecMount[], added: readonly SpecMount[]): readonly SpecMount[] {
  const replaced = new Set(added.map((mount) => mount.destination));
  const all = [...defaults.filter((mount) => !replaced.has(mount.destination)), ...added];
  // sort() keeps the order of mounts of equal depth.
  return all.sort((one, other) => depth(one.destination) - depth(other.destination));
}

function depth(path: string): number {
  return path.split("/").filter((part) => part !== "").length;
}
