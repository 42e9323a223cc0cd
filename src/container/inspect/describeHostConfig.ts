import type { RuntimeSpec } from "../../oci/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import { formatBindIdMap } from "../options/idMapFlag.ts";
import type { DeviceRate, MountRequest } from "../runOptions.ts";
import type { HostConfigDetails, Members, ThrottleDetails } from "./containerDetails.ts";
import { describeBindings } from "./describePorts.ts";

/** HostConfig of Docker's inspect: what was asked for, and what the engine made of it where it chose. Pure. */
export function describeHostConfig(options: FilledOptions, spec: RuntimeSpec, withInit: boolean): HostConfigDetails {
  const tmpfs = options.mounts.flatMap((mount) =>
    mount.kind === "tmpfs" ? [[mount.target, mount.options.join(",")] as const] : [],
  );
  const size = spec.process.consoleSize;
  return {
    Binds: listOrNull(options.mounts.flatMap(bindText)),
    ContainerIDFile: options.cidfile ?? "",
    LogConfig: { Type: options.logDriver, Config: membersOf(options.logOptions) },
    NetworkMode: options.network,
    PortBindings: describeBindings(options.publish),
    RestartPolicy: { Name: options.restart.policy, MaximumRetryCount: options.restart.retries },
    AutoRemove: options.remove,
    VolumeDriver: "",
    VolumesFrom: listOrNull(options.volumesFrom),
    ConsoleSize: size === undefined ? [0, 0] : [size.height, size.width],
    Annotations: mapOrNothing(options.annotations),
    ...describeIdentity(options, spec),
    Tmpfs: tmpfs.length === 0 ? undefined : membersOf(tmpfs),
    UTSMode: options.uts,
    UsernsMode: options.userns,
    ShmSize: options.shmSizeBytes,
    Sysctls: mapOrNothing(options.sysctls),
    Runtime: "brig",
    Isolation: "",
    ...describeResources(options),
    Mounts: describeMounts(options.mounts),
    MaskedPaths: spec.linux.maskedPaths,
    ReadonlyPaths: spec.linux.readonlyPaths,
    Init: withInit ? true : undefined,
  };
}

type Identity = Pick<
  HostConfigDetails,
  | "CapAdd"
  | "CapDrop"
  | "CgroupnsMode"
  | "Dns"
  | "DnsOptions"
  | "DnsSearch"
  | "ExtraHosts"
  | "GroupAdd"
  | "IpcMode"
  | "Cgroup"
  | "Links"
  | "OomScoreAdj"
  | "PidMode"
  | "Privileged"
  | "PublishAllPorts"
  | "ReadonlyRootfs"
  | "SecurityOpt"
>;

function describeIdentity(options: FilledOptions, spec: RuntimeSpec): Identity {
  const ownGroups = spec.linux.namespaces.some(({ type }) => type === "cgroup");
  return {
    CapAdd: listOrNull(options.capAdd),
    CapDrop: listOrNull(options.capDrop),
    CgroupnsMode: ownGroups ? "private" : "host",
    Dns: options.dns,
    DnsOptions: options.dnsOptions,
    DnsSearch: options.dnsSearch,
    ExtraHosts: listOrNull(options.addHosts.map(({ name, address }) => `${name}:${address}`)),
    GroupAdd: listOrNull(options.groupAdd),
    IpcMode: options.ipc === "" ? "private" : options.ipc,
    Cgroup: "",
    Links: listOrNull(options.links),
    OomScoreAdj: options.oomScoreAdj,
    PidMode: options.pid,
    Privileged: options.privileged,
    PublishAllPorts: options.publishAll,
    ReadonlyRootfs: options.readOnly,
    SecurityOpt: listOrNull(options.securityOpt),
  };
}

type ResourceNames =
  | "CpuShares"
  | "Memory"
  | "NanoCpus"
  | "CgroupParent"
  | `Blkio${string}`
  | `Cpu${string}`
  | `Device${string}`
  | `Memory${string}`
  | `IO${string}`
  | "OomKillDisable"
  | "PidsLimit"
  | "Ulimits";

function describeResources({
  limits,
  devices,
  deviceCgroupRules,
  ulimits,
}: FilledOptions): Pick<HostConfigDetails, Extract<keyof HostConfigDetails, ResourceNames>> {
  return {
    CpuShares: limits.cpuShares ?? 0,
    Memory: limits.memoryBytes ?? 0,
    NanoCpus: Math.round((limits.cpus ?? 0) * 1e9),
    CgroupParent: limits.cgroupParent ?? "",
    BlkioWeight: limits.blkioWeight ?? 0,
    BlkioWeightDevice: [],
    BlkioDeviceReadBps: rates(limits.deviceReadBps),
    BlkioDeviceWriteBps: rates(limits.deviceWriteBps),
    BlkioDeviceReadIOps: rates(limits.deviceReadIops),
    BlkioDeviceWriteIOps: rates(limits.deviceWriteIops),
    CpuPeriod: limits.cpuPeriodUs ?? 0,
    CpuQuota: limits.cpuQuotaUs ?? 0,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: limits.cpusetCpus ?? "",
    CpusetMems: limits.cpusetMems ?? "",
    Devices: devices.map(({ hostPath, containerPath, access }) => ({
      PathOnHost: hostPath,
      PathInContainer: containerPath,
      CgroupPermissions: access,
    })),
    DeviceCgroupRules: listOrNull(deviceCgroupRules),
    DeviceRequests: null,
    MemoryReservation: limits.memoryReservationBytes ?? 0,
    MemorySwap: limits.memorySwapBytes ?? 0,
    MemorySwappiness: null,
    OomKillDisable: null,
    PidsLimit: limits.pidsLimit ?? null,
    Ulimits: ulimits.map(({ name, soft, hard }) => ({ Name: name, Hard: hard, Soft: soft })),
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
  };
}

/** What Docker lists as `Binds`: what `-v SOURCE:TARGET` asks for. */
function bindText(mount: MountRequest): readonly string[] {
  if (mount.kind === "tmpfs") return [];
  if (mount.kind === "volume") {
    const { name, target, readOnly, noCopy, subpath } = mount;
    const words = [...(readOnly ? ["ro"] : []), ...(noCopy ? ["nocopy"] : [])];
    return name === undefined || subpath !== undefined ? [] : [[name, target, ...joined(words)].join(":")];
  }
  const { source, target, readOnly, propagation, createSource, idMap } = mount;
  const ids = idMap === undefined ? [] : [`idmap=${formatBindIdMap(idMap)}`];
  const words = [...(readOnly ? ["ro"] : []), ...(propagation === "rprivate" ? [] : [propagation]), ...ids];
  return createSource ? [[source, target, ...joined(words)].join(":")] : [];
}

function joined(words: readonly string[]): readonly string[] {
  return words.length === 0 ? [] : [words.join(",")];
}

/** What only `--mount` can ask for. */
function describeMounts(mounts: readonly MountRequest[]): readonly object[] | undefined {
  const described = mounts.flatMap((mount): object[] => {
    if (mount.kind === "bind" && !mount.createSource) {
      const { source, target, readOnly, propagation } = mount;
      const options = propagation === "rprivate" ? {} : { BindOptions: { Propagation: propagation } };
      return [{ Type: "bind", Source: source, Target: target, ...(readOnly ? { ReadOnly: true } : {}), ...options }];
    }
    if (mount.kind === "volume" && mount.subpath !== undefined) {
      const { name = "", target, subpath } = mount;
      return [{ Type: "volume", Source: name, Target: target, VolumeOptions: { Subpath: subpath } }];
    }
    return [];
  });
  return described.length === 0 ? undefined : described;
}

function rates(wanted: readonly DeviceRate[] | undefined): readonly ThrottleDetails[] {
  return (wanted ?? []).map(({ path, rate }) => ({ Path: path, Rate: rate }));
}

export function listOrNull<Item>(list: readonly Item[]): readonly Item[] | null {
  return list.length === 0 ? null : list;
}

/** An object without a prototype, so that a key called `__proto__` is one member among others. */
export function membersOf<Value>(entries: Iterable<readonly [string, Value]>): Members<Value> {
  const members: Record<string, Value> = Object.create(null);
  for (const [name, value] of entries) members[name] = value;
  return members;
}

function mapOrNothing(map: ReadonlyMap<string, string>): Members<string> | undefined {
  return map.size === 0 ? undefined : membersOf(map);
}
