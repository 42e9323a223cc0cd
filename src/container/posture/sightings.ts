import type { SeenMount } from "../../host/index.ts";
import type { NativeArch } from "../../launch/index.ts";
import type { RuntimeSpec, SpecDeviceRule } from "../../oci/index.ts";

/** What is at a path of a container, and what is mounted on it. */
export interface SeenPath {
  readonly kind: "missing" | "device" | "directory" | "file";
  readonly mount?: SeenMount;
}

/** Everything that a posture is made from: what the kernel says of the first process, and what the plan gave it. */
export interface PostureSightings {
  /** The data root. */
  readonly root: string;
  readonly spec: RuntimeSpec;
  /** The lines of /proc/PID/status. */
  readonly status: ReadonlyMap<string, string>;
  /** The compiled filter of its specification; absent when it has none. */
  readonly program?: Uint8Array;
  readonly arch: NativeArch;
  /** In the order of mountinfo: of two at one point the later one is seen. */
  readonly mounts: readonly SeenMount[];
  readonly paths: ReadonlyMap<string, SeenPath>;
  /** The directories of processors that tell their heat. */
  readonly throttles: readonly string[];
  /** Names of device nodes in /dev, with `c 1:3`. */
  readonly nodes: ReadonlyMap<string, string>;
  /** The rules of its device filter; absent when it has none. */
  readonly rules?: readonly SpecDeviceRule[];
  /** Names in /proc/PID/ns of those that are the host's. */
  readonly sharedNamespaces: ReadonlySet<string>;
  /** Texts of uid_map and gid_map. */
  readonly idMaps: { readonly users: string; readonly groups: string };
  readonly oomScoreAdj: string;
  /** Descriptors of the first process whose files are on no mount of the container: `3: /some/where`. */
  readonly ledOut: readonly string[];
  /** Whether its start gave it a keyring of its own. */
  readonly ownKeyring: boolean;
  readonly modules: { readonly appArmor: boolean; readonly selinux: boolean };
  /** What the security module calls its confinement. */
  readonly label: string;
  readonly sysctls: ReadonlyMap<string, string>;
  /** Of /proc/PID/limits, as `1024 (hard 4096)`. */
  readonly limits: ReadonlyMap<string, string>;
  /** pids.max of its group; absent where the host offers no such limit. */
  readonly pidsMax?: string;
  readonly ownNetwork: boolean;
}
