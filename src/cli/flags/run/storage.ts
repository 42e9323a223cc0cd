import { parseSize } from "../../../base/index.ts";
import { parseDeviceFlag, parseMountFlag, parseTmpfsFlag, parseVolumeFlag } from "../../../container/index.ts";
import type { Flag } from "../flag.ts";
import { each, onOff, option, type RunDraft } from "../runDraft.ts";
import { laterRelease } from "../sharedFlags.ts";

/** File systems and devices. */
export const storageFlags: readonly Flag<RunDraft>[] = [
  {
    long: "device",
    value: "list",
    repeatable: true,
    text: "device of the host (host[:container][:rwm])",
    read: each("devices", parseDeviceFlag),
  },
  {
    long: "device-cgroup-rule",
    value: "list",
    repeatable: true,
    text: 'devices that may be used (type major:minor access, such as "c 42:* rmw")',
    read: each("deviceCgroupRules", (rule) => rule),
  },
  {
    long: "gpus",
    value: "gpu-request",
    text: "GPUs to add",
    unsupported: "brig reads no CDI specifications; name the device nodes with --device",
  },
  {
    long: "mount",
    value: "mount",
    repeatable: true,
    text: "mount something (type=bind|volume|tmpfs,source=...,target=...)",
    read: each("mounts", (spec, { cwd }) => parseMountFlag(spec, cwd)),
  },
  { long: "read-only", text: "make the root file system read-only", read: onOff("readOnly") },
  {
    long: "shm-size",
    value: "bytes",
    text: "size of /dev/shm",
    fallback: "64m",
    read: option("shmSizeBytes", (size) => parseSize(size, "--shm-size")),
  },
  {
    long: "storage-opt",
    value: "list",
    repeatable: true,
    text: "option of the writable layer",
    unsupported: laterRelease,
  },
  {
    long: "tmpfs",
    value: "list",
    repeatable: true,
    text: "mount an empty tmpfs (path[:options])",
    read: each("mounts", parseTmpfsFlag),
  },
  { long: "use-api-socket", text: "let the container speak to the engine", unsupported: laterRelease },
  {
    long: "volume",
    short: "v",
    value: "list",
    repeatable: true,
    text: "mount a directory or a named volume (source:path[:options]; idmap=CONTAINER:HOST[:COUNT][+...][;GROUPS] maps ids of files)",
    read: each("mounts", (spec, { cwd }) => parseVolumeFlag(spec, cwd)),
  },
  { long: "volume-driver", value: "string", text: "driver of new volumes", unsupported: "brig has local volumes only" },
  {
    long: "volumes-from",
    value: "list",
    repeatable: true,
    text: "mount the volumes of another container (container[:ro])",
    read: each("volumesFrom", (container) => container),
  },
];
