import { EngineError } from "../../base/index.ts";
import { parseVolumeName } from "../options/objectNames.ts";
import { ensureVolume, newVolumeName, readVolumeRecord } from "../state/volumes.ts";
import { parseLocalOptions } from "./localOptions.ts";
import { settleVolumes, volumeTask } from "./settleVolumes.ts";
import { describeVolume, type VolumeDetails } from "./volumeDetails.ts";

export interface CreateVolumeRequest {
  /** A name is made up without one. */
  readonly name?: string;
  readonly driver?: string;
  readonly options?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
}

/**
 * Makes a volume. One that exists already stays as it is and is returned, as Docker does.
 *
 * @throws EngineError `invalidValue` for a name or option, `notOffered` for a driver other than `local`.
 */
export function createVolume(
  request: CreateVolumeRequest,
  { root, now }: { readonly root: string; readonly now: Date },
): VolumeDetails {
  const { driver = "local", options = new Map<string, string>(), labels = new Map<string, string>() } = request;
  const anonymous = request.name === undefined || request.name === "";
  const name = anonymous ? newVolumeName() : parseVolumeName(request.name ?? "");
  if (driver !== "local" && driver !== "") {
    throw new EngineError("notOffered", `create ${name}: cannot use the volume driver "${driver.slice(0, 64)}"`, {
      hint: "brig has the driver local, whose options mount NFS and other file systems",
    });
  }
  try {
    parseLocalOptions(options);
  } catch (error) {
    throw error instanceof EngineError ? named(error, name) : error;
  }
  settleVolumes(root);
  ensureVolume({ root, name, anonymous, id: volumeTask("new"), now, labels, options });
  const record = readVolumeRecord(root, name);
  if (record === undefined) throw new EngineError("busy", `create ${name}: the volume was removed at the same time`);
  return describeVolume(root, record);
}

function named({ code, message, hint }: EngineError, name: string): EngineError {
  return new EngineError(code, `create ${name}: ${message}`, hint === undefined ? {} : { hint });
}
