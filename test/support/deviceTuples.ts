import type { DeviceUse } from "./emulateDeviceFilter.ts";

const all = ["r", "w", "rw", "m", "rwm"];

function uses(device: string, accesses: readonly string[], allowed: readonly string[]) {
  const [type = "", major = "", minor = ""] = device.split(/[ :]/);
  return accesses.map((access) => ({
    use: { type: type === "b" ? "b" : "c", major: Number(major), minor: Number(minor), access } satisfies DeviceUse,
    allowed: allowed.includes(access),
  }));
}

/** What the default device rules plus `--device /dev/loop0:r` and `--device-cgroup-rule "c 10:* w"` must answer. */
export const deviceTuples: readonly { readonly use: DeviceUse; readonly allowed: boolean }[] = [
  ...uses("c 1:3", all, all),
  ...uses("c 1:5", ["r", "w", "m"], all),
  ...uses("c 1:8", ["r", "w"], all),
  ...uses("c 1:9", ["rw", "m"], all),
  ...uses("c 1:1", ["r", "w", "m"], []),
  ...uses("c 1:4", ["r", "rw"], []),
  ...uses("c 1:11", ["w"], []),
  ...uses("b 1:3", ["r", "m"], []),
  ...uses("c 5:0", ["rw"], all),
  ...uses("c 5:2", ["rw", "m"], all),
  ...uses("c 5:3", ["rw"], []),
  ...uses("c 136:0", ["rw"], all),
  ...uses("c 136:1048575", ["rw"], all),
  ...uses("c 137:0", ["rw", "m"], []),
  ...uses("b 7:0", all, ["r"]),
  ...uses("b 7:1", ["r", "m"], []),
  ...uses("c 7:0", ["r"], []),
  ...uses("c 10:200", all, ["w"]),
  ...uses("c 10:229", ["w", "rw", "m"], ["w"]),
  ...uses("b 8:0", ["r", "m"], []),
];
