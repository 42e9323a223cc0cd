import type { SpecMount } from "../oci/index.ts";
import type { DeviceNode, LaunchRequest } from "./launchRequest.ts";
import { isBind } from "./mountOptions.ts";

/** The device nodes of every container (runtime-spec config-linux.md, "Default Devices"); `tty` is the caller's own. */
const standardNumbers = {
  null: [1, 3],
  zero: [1, 5],
  full: [1, 7],
  random: [1, 8],
  urandom: [1, 9],
  tty: [5, 0],
} as const;

const standardDevices: readonly DeviceNode[] = Object.entries(standardNumbers).map(([name, [major, minor]]) => ({
  hostPath: `/dev/${name}`,
  containerPath: `/dev/${name}`,
  type: "c",
  major,
  minor,
}));

/** A device and the name that its detached mount has in the plan; `null` is also what files are masked with. */
export interface NamedDevice extends DeviceNode {
  readonly tree: string;
}

/** Every device node that the container gets, the standard ones first. */
export function namedDevices(request: LaunchRequest): readonly NamedDevice[] {
  const standard = standardDevices.map((device) => ({ ...device, tree: device.hostPath.slice("/dev/".length) }));
  return [...standard, ...request.devices.map((device, index) => ({ ...device, tree: `device${index}` }))];
}

export interface NamedBind {
  readonly mount: SpecMount;
  readonly tree: string;
}

/** The bind mounts of the spec with the names of their detached mounts. */
export function namedBinds(request: LaunchRequest): readonly NamedBind[] {
  return request.spec.mounts.filter(isBind).map((mount, index) => ({ mount, tree: `bind${index}` }));
}

/** The host's cgroups (`--cgroupns=host`) are a file system of the kernel's, which takes no id map. */
export function takesIdMap({ source }: Pick<SpecMount, "source">): boolean {
  return source !== "/sys/fs/cgroup" && !source.startsWith("/sys/fs/cgroup/");
}

/** File systems of the kernel's own, which a container makes for itself in its namespaces. */
const kernelTypes: ReadonlySet<string> = new Set(["cgroup", "cgroup2", "devpts", "mqueue", "proc", "sysfs", "tmpfs"]);

/** The mounts of devices and servers, which only the host may make, with the names of their detached mounts. */
export function namedFileSystems(request: LaunchRequest): readonly NamedBind[] {
  return request.spec.mounts
    .filter((mount) => !isBind(mount) && !kernelTypes.has(mount.type))
    .map((mount, index) => ({ mount, tree: `fs${index}` }));
}

/** Whether the container's ids are those of a user namespace, its own or a joined one, so that files must be idmapped. */
export function hasUserNamespace(request: LaunchRequest): boolean {
  return request.spec.linux.namespaces.some(({ type }) => type === "user");
}
