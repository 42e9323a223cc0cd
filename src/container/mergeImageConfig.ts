import { EngineError } from "../base/index.ts";
import { type ExposedPort, formatExposedPort } from "../network/index.ts";
import type { ImageExecution } from "../oci/index.ts";
import type { FilledOptions } from "./fillDefaults.ts";
import { type HealthChoice, mergeHealthcheck } from "./health/mergeHealthcheck.ts";
import { cleanPath } from "./options/containerPath.ts";
import { signalName } from "./options/signalFlag.ts";
import { hasControlCharacter, printable } from "./options/singleLine.ts";

/** What the process is, once the image's proposals and the user's words are one. */
export interface ProcessChoice extends HealthChoice {
  readonly args: readonly string[];
  /** `KEY=value`, without the variables that brig itself adds (`completeEnv`). A bare `KEY` takes a variable away. */
  readonly env: readonly string[];
  /** As written: `USER[:GROUP]`. */
  readonly user: string;
  readonly workdir: string;
  readonly stopSignal: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly exposedPorts: readonly string[];
  /** Clean mount points of the image's VOLUMEs that no mount of the user covers. */
  readonly imageVolumes: readonly string[];
}

/**
 * Merges the user's options with the image's configuration by Docker's rules. Only what is named here is ever read from
 * an image: no security option, device, hook or annotation of it has an effect (SECURITY-BASELINE R9, V69).
 *
 * @throws EngineError `commandMissing` when neither names a command.
 */
export function mergeImageConfig(options: FilledOptions, image: ImageExecution): ProcessChoice {
  const volumes = image.Volumes.map(imageVolume);
  const health = mergeHealthcheck(options, image);
  const covered = new Set(options.mounts.map((mount) => mount.target));
  return {
    ...health,
    args: mergeCommand(options, image),
    env: mergeEnv(options.env, image.Env),
    user: options.user ?? image.User,
    workdir: options.workdir ?? cleanPath(`/${hasControlCharacter(image.WorkingDir) ? "" : image.WorkingDir}`),
    stopSignal: options.stopSignal ?? signalName(image.StopSignal ?? "") ?? "SIGTERM",
    labels: new Map([...image.Labels, ...options.labels]),
    exposedPorts: [...new Set([...image.ExposedPorts, ...ownPorts(options).map(formatExposedPort)])],
    imageVolumes: [...new Set(volumes.flatMap((volume) => volume.path ?? []))].filter((path) => !covered.has(path)),
    notices: [...volumes.flatMap((volume) => volume.notice ?? []), ...health.notices],
  };
}

/** What is published is exposed too. */
function ownPorts({ expose, publish }: FilledOptions): readonly ExposedPort[] {
  return [...expose, ...publish.map(({ containerPort, protocol }) => ({ port: containerPort, protocol }))];
}

/**
 * `--entrypoint` replaces the image's entrypoint and drops its Cmd; arguments replace its Cmd; an empty `--entrypoint`
 * leaves the arguments alone.
 */
function mergeCommand(options: FilledOptions, image: ImageExecution): readonly string[] {
  const given = options.command;
  const entrypoint =
    options.entrypoint === undefined ? image.Entrypoint : options.entrypoint === "" ? [] : [options.entrypoint];
  const command = given.length > 0 || options.entrypoint !== undefined ? given : image.Cmd;
  const args = [...entrypoint, ...command];
  if (args.length === 0) {
    throw new EngineError("commandMissing", "no command specified", {
      hint: "the image names no command: write one after the image's name",
    });
  }
  const broken = args.find((argument) => argument.includes("\0"));
  if (broken !== undefined) {
    throw new EngineError("invalidValue", `an argument of the command holds a NUL character: ${printable(broken)}`);
  }
  return args;
}

/** The user's variables in their order, then those of the image that the user does not name. */
function mergeEnv(given: readonly string[], image: readonly string[]): readonly string[] {
  const named = new Set(given.map(envName));
  return [...given, ...image.filter((entry) => isEnvEntry(entry) && !named.has(envName(entry)))];
}

/** `PATH` of `PATH=/bin`. */
export function envName(entry: string): string {
  const equals = entry.indexOf("=");
  return equals === -1 ? entry : entry.slice(0, equals);
}

function isEnvEntry(entry: string): boolean {
  return entry.indexOf("=") > 0 && !entry.includes("\0");
}

const reserved = ["/proc", "/sys", "/dev"] as const;

/** A VOLUME is a wish of a stranger: one that would cover the root or the kernel's file systems is not granted (V11). */
function imageVolume(text: string): { readonly path?: string; readonly notice?: string } {
  const path = cleanPath(text);
  const inside = reserved.some((top) => path === top || path.startsWith(`${top}/`));
  const climbs = text.split("/").includes("..");
  if (text.startsWith("/") && path !== "/" && !inside && !climbs && !hasControlCharacter(text)) return { path };
  return { notice: `the image's volume ${printable(text)} was left out: no volume may be mounted there` };
}
