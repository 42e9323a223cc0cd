import type { ImageConfig, RuntimeSpec } from "../../oci/index.ts";
import { endsWithCaller, type FilledOptions } from "../fillDefaults.ts";
import { mergeImageConfig } from "../mergeImageConfig.ts";
import type { ContainerRecord } from "../state/containerRecord.ts";
import type { ConfigDetails } from "./containerDetails.ts";
import { listOrNull, membersOf } from "./describeHostConfig.ts";

export interface ConfigSources {
  readonly record: ContainerRecord;
  readonly options: FilledOptions;
  readonly spec: RuntimeSpec;
  /** Absent when the image was removed by force. */
  readonly image?: ImageConfig;
}

const defaultStopSeconds = 10;

/** Config of Docker's inspect: the image's proposals and the user's words as one. Pure. */
export function describeConfig({ record, options, spec, image }: ConfigSources): ConfigDetails {
  const choice = image === undefined ? undefined : mergeImageConfig(options, image.config);
  const volumes = record.mounts.filter(({ kind, anonymous }) => kind === "volume" && anonymous);
  const stopSignal = options.stopSignal ?? image?.config.StopSignal;
  return {
    Hostname: spec.hostname ?? "",
    Domainname: spec.domainname ?? "",
    User: options.user ?? image?.config.User ?? "",
    AttachStdin: options.attach.includes("stdin"),
    AttachStdout: options.attach.includes("stdout"),
    AttachStderr: options.attach.includes("stderr"),
    ExposedPorts:
      record.exposedPorts === undefined ? undefined : membersOf(record.exposedPorts.map((port) => [port, {}] as const)),
    Tty: options.tty,
    OpenStdin: options.interactive,
    StdinOnce: endsWithCaller(options),
    Env: choice?.env ?? spec.process.env,
    ...describeCommand({ record, options, ...(image === undefined ? {} : { image }) }),
    Healthcheck: record.healthcheck,
    Image: record.image,
    Volumes: volumes.length === 0 ? null : membersOf(volumes.map(({ target }) => [target, {}] as const)),
    WorkingDir: options.workdir ?? image?.config.WorkingDir ?? spec.process.cwd,
    OnBuild: null,
    Labels: membersOf(Object.entries(record.labels)),
    StopSignal: stopSignal,
    StopTimeout: options.stopTimeoutSec === defaultStopSeconds ? undefined : options.stopTimeoutSec,
  };
}

/** The two halves of the command; without the image nobody knows any more where the first ends. */
function describeCommand({
  record,
  options,
  image,
}: Omit<ConfigSources, "spec">): Pick<ConfigDetails, "Cmd" | "Entrypoint"> {
  const own = options.entrypoint === undefined ? image?.config.Entrypoint : [options.entrypoint];
  const entrypoint = (own ?? []).filter((word) => word !== "");
  return { Cmd: listOrNull(record.command.slice(entrypoint.length)), Entrypoint: listOrNull(entrypoint) };
}
