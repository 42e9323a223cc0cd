import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { EngineError, fileSystemError, irregularKind } from "../base/index.ts";
import { parseDeviceCgroupRule } from "../launch/index.ts";
import type { ExposedPort, NetworkChoice, PortRequest } from "../network/index.ts";
import type { Platform } from "../oci/index.ts";
import { checkHealthOptions } from "./health/healthOptions.ts";
import { checkLogChoice } from "./logs/planLog.ts";
import { parseWorkdir } from "./options/containerPath.ts";
import { parseDomainname, parseHostname } from "./options/hostFlags.ts";
import { requireKnownOptions } from "./options/knownOptions.ts";
import { chooseNetworks } from "./options/networkChoices.ts";
import { parseContainerName } from "./options/objectNames.ts";
import { parseSignal } from "./options/signalFlag.ts";
import { hasControlCharacter, printable } from "./options/singleLine.ts";
import type {
  DeviceRequest,
  ExtraHost,
  HealthOptions,
  Limits,
  MountRequest,
  RestartPolicy,
  RunOptions,
  StreamName,
  Ulimit,
} from "./runOptions.ts";

/** `RunOptions` in which only what truly has no default may be missing. */
export interface FilledOptions {
  readonly image: string;
  readonly command: readonly string[];
  readonly name?: string;
  readonly interactive: boolean;
  readonly tty: boolean;
  readonly attach: readonly StreamName[];
  readonly env: readonly string[];
  readonly mounts: readonly MountRequest[];
  readonly volumesFrom: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly groupAdd: readonly string[];
  readonly hostname?: string;
  readonly domainname?: string;
  readonly entrypoint?: string;
  readonly remove: boolean;
  readonly readOnly: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly privileged: boolean;
  readonly securityOpt: readonly string[];
  /** Docker's NetworkMode: `none`, `host`, `container:NAME`, or the name of the first network. */
  readonly network: string;
  /** The networks that it gets an interface in. */
  readonly networks: readonly NetworkChoice[];
  readonly publish: readonly PortRequest[];
  readonly publishAll: boolean;
  readonly expose: readonly ExposedPort[];
  readonly links: readonly string[];
  readonly pid: string;
  readonly ipc: string;
  readonly uts: string;
  readonly userns: string;
  readonly cgroupns: string;
  readonly ulimits: readonly Ulimit[];
  readonly sysctls: ReadonlyMap<string, string>;
  readonly shmSizeBytes: number;
  readonly init: boolean | "auto";
  readonly labels: ReadonlyMap<string, string>;
  readonly cidfile?: string;
  readonly pull: "always" | "missing" | "never";
  readonly platform?: Platform;
  readonly stopSignal?: string;
  readonly devices: readonly DeviceRequest[];
  readonly deviceCgroupRules: readonly string[];
  readonly addHosts: readonly ExtraHost[];
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly limits: Limits;
  readonly oomScoreAdj: number;
  readonly annotations: ReadonlyMap<string, string>;
  readonly restart: RestartPolicy;
  readonly stopTimeoutSec: number;
  readonly pidFile?: string;
  readonly timeoutSec?: number;
  readonly replace: boolean;
  readonly detachKeys: string;
  readonly health: HealthOptions;
  readonly noHealthcheck: boolean;
  readonly logDriver: string;
  readonly logOptions: ReadonlyMap<string, string>;
}

const defaultShmBytes = 64 * 1024 * 1024;
const defaultStopTimeoutSec = 10;
/** Ctrl-P, Ctrl-Q. */
const defaultDetachKeys = "\u0010\u0011";

/**
 * Fills every default and checks the words against each other: the one place for both. Values that a program gave
 * (rather than a parser) are parsed again, so that the library is as strict as the command line.
 *
 * @throws EngineError `usage` for options that exclude each other, `invalidValue` for a malformed word or an unknown member.
 */
export function fillDefaults(options: RunOptions): FilledOptions {
  requireKnownOptions(options);
  const filled = withDefaults(options);
  checkWords(filled);
  checkConflicts(filled);
  return {
    ...filled,
    ...(filled.name === undefined ? {} : { name: parseContainerName(filled.name) }),
    ...(filled.workdir === undefined ? {} : { workdir: parseWorkdir(filled.workdir) }),
    ...(filled.stopSignal === undefined ? {} : { stopSignal: parseSignal(filled.stopSignal) }),
  };
}

function withDefaults(options: RunOptions): FilledOptions {
  return {
    ...options,
    command: options.command ?? [],
    interactive: options.interactive ?? false,
    tty: options.tty ?? false,
    attach: options.attach ?? [...(options.interactive === true ? (["stdin"] as const) : []), "stdout", "stderr"],
    env: options.env ?? [],
    mounts: options.mounts ?? [],
    volumesFrom: options.volumesFrom ?? [],
    groupAdd: options.groupAdd ?? [],
    remove: options.remove ?? false,
    readOnly: options.readOnly ?? false,
    capAdd: options.capAdd ?? [],
    capDrop: options.capDrop ?? [],
    privileged: options.privileged ?? false,
    securityOpt: options.securityOpt ?? [],
    ...chooseNetworks(options),
    publish: options.publish ?? [],
    publishAll: options.publishAll ?? false,
    expose: options.expose ?? [],
    links: options.links ?? [],
    pid: options.pid ?? "",
    ipc: options.ipc ?? "",
    uts: options.uts ?? "",
    userns: options.userns ?? "",
    cgroupns: options.cgroupns ?? "",
    ulimits: options.ulimits ?? [],
    sysctls: options.sysctls ?? new Map(),
    shmSizeBytes: options.shmSizeBytes ?? defaultShmBytes,
    init: options.init ?? false,
    labels: options.labels ?? new Map(),
    pull: options.pull ?? "missing",
    devices: options.devices ?? [],
    deviceCgroupRules: options.deviceCgroupRules ?? [],
    addHosts: options.addHosts ?? [],
    dns: options.dns ?? [],
    dnsSearch: options.dnsSearch ?? [],
    dnsOptions: options.dnsOptions ?? [],
    limits: options.limits ?? {},
    oomScoreAdj: options.oomScoreAdj ?? 0,
    annotations: options.annotations ?? new Map(),
    restart: options.restart ?? { policy: "no", retries: 0 },
    stopTimeoutSec: options.stopTimeoutSec ?? defaultStopTimeoutSec,
    replace: options.replace ?? false,
    detachKeys: options.detachKeys ?? defaultDetachKeys,
    health: options.health ?? {},
    noHealthcheck: options.noHealthcheck ?? false,
    logDriver: options.logDriver ?? "json-file",
    logOptions: options.logOptions ?? new Map(),
  };
}

/** Whether the payload's stdin ends with the first caller that types into it. */
export function endsWithCaller({ interactive, attach }: Pick<FilledOptions, "interactive" | "attach">): boolean {
  return interactive && attach.includes("stdin");
}

/** What alarm(2) and a timer of Node can hold. */
const mostSeconds = 2_147_483;

/** The file is written when the container runs: that it cannot be must not be found out then. */
function requirePlaceFor(path: string): void {
  const kind = irregularKind(path);
  if (kind !== undefined) {
    throw new EngineError("invalidValue", `cannot write the pid file "${path}": it is ${kind}`, {
      hint: "name a file, which is removed when the container ends",
    });
  }
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw fileSystemError(error, "write the pid file", path);
  }
}

function checkWords(options: FilledOptions): void {
  if (options.hostname !== undefined) parseHostname(options.hostname);
  if (options.domainname !== undefined) parseDomainname(options.domainname);
  for (const word of [options.user ?? "", ...options.groupAdd]) {
    if (hasControlCharacter(word)) throw new EngineError("invalidValue", `invalid user or group ${printable(word)}`);
  }
  for (const entry of options.env) {
    if (entry === "" || entry.startsWith("=") || entry.includes("\0")) {
      throw new EngineError("invalidValue", `invalid environment variable: ${printable(entry).slice(1, -1)}`);
    }
  }
  if (!Number.isInteger(options.oomScoreAdj) || Math.abs(options.oomScoreAdj) > 1000) {
    throw new EngineError(
      "invalidValue",
      `Invalid value ${options.oomScoreAdj}, range for oom score adj is [-1000, 1000]`,
    );
  }
  for (const rule of options.deviceCgroupRules) parseDeviceCgroupRule(rule);
  checkHealthOptions(options.health, options.noHealthcheck);
  if (options.timeoutSec !== undefined && !(options.timeoutSec >= 1 && options.timeoutSec <= mostSeconds)) {
    throw new EngineError(
      "invalidValue",
      `invalid timeout ${options.timeoutSec}: it must be from 1 to ${mostSeconds} seconds`,
    );
  }
  if (options.pidFile !== undefined) requirePlaceFor(options.pidFile);
  checkLogChoice({ driver: options.logDriver, options: options.logOptions });
  if (options.shmSizeBytes < 0) throw new EngineError("invalidValue", "SHM size can not be less than 0");
}

function checkConflicts(options: FilledOptions): void {
  if (options.uts === "host" && (options.hostname !== undefined || options.domainname !== undefined)) {
    throw new EngineError("usage", "conflicting options: hostname and the UTS mode", {
      hint: "leave out --hostname and --domainname, or --uts host",
    });
  }
  if (options.replace && options.name === undefined) {
    throw new EngineError("usage", "cannot replace container without --name being set", {
      hint: "--replace takes away the container that has the name",
    });
  }
  if (options.remove && options.restart.policy !== "no") {
    throw new EngineError("usage", "Conflicting options: --restart and --rm", {
      hint: "a container that is removed at its end cannot be started again",
    });
  }
  const seen = new Set<string>();
  for (const { target } of options.mounts) {
    if (seen.has(target)) throw new EngineError("usage", `Duplicate mount point: ${target}`);
    seen.add(target);
  }
}
