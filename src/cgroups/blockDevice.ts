import { statSync } from "node:fs";
import { EngineError, errnoOf, fileSystemError } from "../base/index.ts";

export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}

/**
 * The device number of a block device node of the host.
 *
 * @throws EngineError `invalidValue` when `path` is something else, `fileSystem` when it cannot be looked at.
 */
export function blockDeviceNumber(path: string): DeviceNumber {
  try {
    const status = statSync(path, { bigint: true });
    if (status.isBlockDevice()) return splitDeviceNumber(status.rdev);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw fileSystemError(error, "look at the device", path);
    throw new EngineError("invalidValue", `no such device "${path}"`, { cause: error });
  }
  throw new EngineError("invalidValue", `"${path}" is not a block device`, {
    hint: "input and output limits are set for a whole disk such as /dev/sda; lsblk lists them",
  });
}

/** The layout of dev_t in the C library (makedev(3)). */
export function splitDeviceNumber(device: bigint): DeviceNumber {
  return {
    major: Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)),
    minor: Number((device & 0xffn) | ((device >> 12n) & ~0xffn & 0xffff_ffffn)),
  };
}
