import { englishWhy } from "../../messages/index.ts";
import type { ContainerNetwork } from "../../network/index.ts";
import type { ImageConfig, RuntimeSpec } from "../../oci/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { HealthState } from "../health/readHealth.ts";
import type { ContainerSize } from "../list/measureContainers.ts";
import { keepsFile } from "../logs/planLog.ts";
import { wantsInit } from "../run/startsShell.ts";
import { joinsUserNamespace } from "../spec/joinsUserNamespace.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";
import type { ContainerRecord, RecordedMount } from "../state/containerRecord.ts";
import type { ObservedState } from "../state/observedState.ts";
import { explainEnd } from "../why/explainEnd.ts";
import { describeFailedStep } from "../why/failedStep.ts";
import type { StartFailure } from "../why/startFailure.ts";
import type { BrigDetails, ContainerDetails, HealthDetails, MountDetails, StateDetails } from "./containerDetails.ts";
import { describeConfig } from "./describeConfig.ts";
import { describeHostConfig } from "./describeHostConfig.ts";
import { describeNetwork } from "./describeNetwork.ts";

/** Everything that is known about a container. */
export interface ContainerFacts {
  readonly record: ContainerRecord;
  readonly options: FilledOptions;
  readonly spec: RuntimeSpec;
  readonly state: ObservedState;
  readonly health?: HealthState;
  readonly paths: ContainerPaths;
  /** Layer trees, the lowest first. */
  readonly layers: readonly string[];
  readonly monitored: boolean;
  readonly execIds: readonly string[];
  readonly image?: ImageConfig;
  /** Of one that has interfaces of its own. */
  readonly network?: ContainerNetwork;
  readonly failure?: StartFailure;
  readonly size?: ContainerSize;
  /** The directory of a volume that containers see. */
  readonly volumeSource: (name: string) => string;
}

/** Describes a container in Docker's words. Pure. */
export function describeContainer(facts: ContainerFacts): ContainerDetails {
  const { record, options, spec, state, paths, size } = facts;
  const [path = "", ...args] = record.command;
  return {
    Id: record.id,
    Created: record.created,
    Path: path,
    Args: args,
    State: describeState(facts),
    Image: record.imageId,
    ResolvConfPath: paths.resolvConf,
    HostnamePath: paths.hostname,
    HostsPath: paths.hosts,
    LogPath: keepsFile(options.logDriver) ? `${paths.directory}/container-json.log` : "",
    Name: `/${record.name}`,
    RestartCount: state.restarts,
    Driver: "overlayfs",
    Platform: "linux",
    MountLabel: spec.linux.mountLabel ?? "",
    ProcessLabel: spec.process.selinuxLabel ?? "",
    AppArmorProfile: spec.process.apparmorProfile ?? "",
    ExecIDs: facts.execIds.length === 0 ? null : facts.execIds,
    HostConfig: describeHostConfig(options, spec, wantsInit(options.init, record.command)),
    GraphDriver: {
      Data: {
        LowerDir: [...facts.layers].reverse().join(":"),
        UpperDir: paths.upper,
        WorkDir: paths.work,
      },
      Name: "overlayfs",
    },
    ...(size === undefined ? {} : { SizeRw: size.writtenBytes, SizeRootFs: size.rootBytes }),
    Mounts: record.mounts.flatMap((mount) => describeMount(mount, facts.volumeSource)),
    Config: describeConfig(facts),
    NetworkSettings: describeNetwork({
      record,
      pid: state.pid ?? 0,
      ...(facts.network === undefined ? {} : { network: facts.network }),
    }),
    Brig: describeOwn(facts),
  };
}

/** Go's zero time, which Docker prints for what never happened. */
const never = "0001-01-01T00:00:00Z";

function describeState({ state, failure, health }: ContainerFacts): StateDetails {
  const { status, exit } = state;
  return {
    Status: status,
    Running: status === "running" || status === "paused" || status === "restarting",
    Paused: status === "paused",
    Restarting: status === "restarting",
    OOMKilled: state.oomKilled,
    Dead: status === "dead",
    Pid: state.pid ?? 0,
    ExitCode: failure?.exitCode ?? state.exitCode ?? 0,
    ...(status === "dead" || exit?.exitCodeKnown === false ? { ExitCodeKnown: false as const } : {}),
    Error: failure?.message ?? (exit?.started === false ? describeFailedStep(exit.failure, englishWhy.end) : ""),
    StartedAt: state.startedAt ?? never,
    FinishedAt: state.finishedAt ?? never,
    Health: health === undefined ? undefined : describeHealth(health),
  };
}

function describeHealth({ status, failingStreak, log }: HealthState): HealthDetails {
  return {
    Status: status,
    FailingStreak: failingStreak,
    Log: log.map(({ start, end, exitCode, output }) => ({
      Start: start,
      End: end,
      ExitCode: exitCode,
      Output: output,
    })),
  };
}

/** File systems in memory are in HostConfig.Tmpfs alone, as Docker has it. */
function describeMount(mount: RecordedMount, volumeSource: (name: string) => string): readonly MountDetails[] {
  const { source, target, readOnly } = mount;
  const mode = readOnly ? "ro" : "";
  if (mount.kind === "tmpfs") return [];
  if (mount.kind === "bind") {
    const propagation = mount.propagation ?? "rprivate";
    return [{ Type: "bind", Source: source, Destination: target, Mode: mode, RW: !readOnly, Propagation: propagation }];
  }
  return [
    {
      Type: "volume",
      Name: source,
      Source: volumeSource(source),
      Destination: target,
      Driver: "local",
      Mode: mode,
      RW: !readOnly,
      Propagation: "",
    },
  ];
}

function describeOwn({ record, options, spec, state, monitored, failure }: ContainerFacts): BrigDetails {
  const { uidMappings, gidMappings } = spec.linux;
  return {
    UserNamespace:
      uidMappings === undefined || gidMappings === undefined
        ? null
        : {
            UidMappings: uidMappings,
            GidMappings: gidMappings,
            ...(joinsUserNamespace(spec.linux) ? { Joined: options.userns.replace(/^container:/, "") } : {}),
          },
    HostIdsBecause: record.hostIds ?? [],
    Cgroup: record.cgroup ?? "",
    Why: explainEnd({ state, ...(failure === undefined ? {} : { failure }) }, englishWhy.end) ?? "",
    Monitored: monitored,
    PidFile: options.pidFile ?? "",
    Timeout: options.timeoutSec ?? 0,
  };
}
