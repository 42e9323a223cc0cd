import { EngineError } from "../../base/index.ts";
import type { DeviceRate, DeviceRequest } from "../runOptions.ts";
import { cleanPath } from "./containerPath.ts";
import { printable, requireSingleLine } from "./singleLine.ts";

/**
 * Parses `--device HOST[:CONTAINER][:ACCESS]`.
 *
 * @throws EngineError `invalidValue` with Docker's sentences; `notOffered` for a CDI name (`vendor/class=name`).
 */
export function parseDeviceFlag(text: string): DeviceRequest {
  requireSingleLine(text, "the device specification");
  if (!text.startsWith("/") && text.includes("=")) {
    throw new EngineError("notOffered", `cannot add the device ${printable(text)}: brig reads no CDI specifications`, {
      hint: "name the device's node, such as --device /dev/fuse",
    });
  }
  const parts = text.split(":");
  const [hostPath = "", second, third] = parts;
  if (parts.length > 3 || parts.some((part) => part === "")) throw badPath(text);
  const secondIsAccess = third === undefined && second !== undefined && isAccess(second);
  const containerPath = second === undefined || secondIsAccess ? hostPath : second;
  const access = third ?? (secondIsAccess ? second : "rwm");
  if (!isAccess(access)) throw new EngineError("invalidValue", `bad mode specified: ${shown(access)}`);
  for (const path of [hostPath, containerPath]) {
    if (!path.startsWith("/")) throw new EngineError("invalidValue", `${shown(path)} is not an absolute path`);
  }
  return { hostPath: cleanPath(hostPath), containerPath: cleanPath(containerPath), access };
}

/** Some of `r`, `w` and `m`, each once. */
function isAccess(text: string): boolean {
  return text.length <= 3 && /^[rwm]+$/.test(text) && new Set(text).size === text.length;
}

function badPath(text: string): EngineError {
  return new EngineError("invalidValue", `bad format for path: ${shown(text)}`);
}

const byteUnits: ReadonlyMap<string, number> = new Map([
  ["", 0],
  ["b", 0],
  ["k", 1],
  ["kb", 1],
  ["m", 2],
  ["mb", 2],
  ["g", 3],
  ["gb", 3],
]);

/**
 * Parses `--device-read-bps` and `--device-write-bps`: `/dev/PATH:NUMBER[UNIT]`, binary units, bytes a second.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseDeviceBps(text: string): DeviceRate {
  const { path, rate } = splitRate(text);
  const match = /^([0-9]{1,15})([a-z]{0,2})$/.exec(rate.toLowerCase());
  const power = byteUnits.get(match?.[2] ?? "none");
  const bytes = match === null || power === undefined ? 0 : Number(match[1]) * 1024 ** power;
  if (bytes > 0 && Number.isSafeInteger(bytes)) return { path, rate: bytes };
  throw new EngineError(
    "invalidValue",
    `invalid rate for device: ${shown(text)}. The correct format is <device-path>:<number>[<unit>]. ` +
      "Number must be a positive integer. Unit is optional and can be kb, mb, or gb",
  );
}

/**
 * Parses `--device-read-iops` and `--device-write-iops`: `/dev/PATH:NUMBER`, operations a second.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseDeviceIops(text: string): DeviceRate {
  const { path, rate } = splitRate(text);
  if (/^[0-9]{1,10}$/.test(rate) && Number(rate) > 0) return { path, rate: Number(rate) };
  throw new EngineError(
    "invalidValue",
    `invalid rate for device: ${shown(text)}. The correct format is <device-path>:<number>. ` +
      "Number must be a positive integer",
  );
}

function splitRate(text: string): { readonly path: string; readonly rate: string } {
  requireSingleLine(text, "the device rate");
  const colon = text.lastIndexOf(":");
  if (colon <= 0) throw new EngineError("invalidValue", `bad format: ${shown(text)}`);
  const path = text.slice(0, colon);
  if (!path.startsWith("/dev/")) throw new EngineError("invalidValue", `bad format for device path: ${shown(text)}`);
  return { path: cleanPath(path), rate: text.slice(colon + 1) };
}

function shown(text: string): string {
  return printable(text).slice(1, -1);
}
