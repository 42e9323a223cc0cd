import { EngineError } from "../base/index.ts";
import type { SpecDeviceRule } from "../oci/index.ts";

/**
 * Devices that every container may use: null, zero, full, random and urandom, tty, console and ptmx, and the slaves of
 * its own devpts (Documentation/admin-guide/devices.txt). Making other device nodes is not among them.
 */
export const defaultDeviceRules: readonly SpecDeviceRule[] = [
  ...[3, 5, 7, 8, 9].map((minor) => allowCharacter(1, minor)),
  ...[0, 1, 2].map((minor) => allowCharacter(5, minor)),
  { allow: true, type: "c", major: 136, access: "rwm" },
];

function allowCharacter(major: number, minor: number): SpecDeviceRule {
  return { allow: true, type: "c", major, minor, access: "rwm" };
}

/** In the runtime specification the allowed devices follow a rule that forbids all. */
export const forbidAllDevices: SpecDeviceRule = { allow: false, type: "a", access: "rwm" };

/** Device numbers have 12 and 20 bits (the kernel's linux/kdev_t.h). */
const maxMajor = 2 ** 12 - 1;
const maxMinor = 2 ** 20 - 1;

/** `/dev` nodes given with `--device`, with the numbers that stat(2) found. */
export interface AllowedDevice {
  readonly type: "c" | "b";
  readonly major: number;
  readonly minor: number;
  /** Some of `r`, `w`, `m`. */
  readonly access: string;
}

/**
 * Parses one `--device-cgroup-rule`: `c 1:3 rwm`, `b 8:* r`, `a *:* rwm`.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseDeviceCgroupRule(text: string): SpecDeviceRule {
  const match = text.length > 64 ? null : /^([acb]) (\d{1,10}|\*):(\d{1,10}|\*) ([rwm]{1,3})$/.exec(text);
  const [, type, majorText = "*", minorText = "*", access = ""] = match ?? [];
  const major = majorText === "*" ? undefined : Number(majorText);
  const minor = minorText === "*" ? undefined : Number(minorText);
  if (!isDeviceType(type) || (major ?? 0) > maxMajor || (minor ?? 0) > maxMinor) {
    throw new EngineError(
      "invalidValue",
      `invalid device cgroup format '${JSON.stringify(text.slice(0, 64)).slice(1, -1)}'`,
      {
        hint: 'write TYPE MAJOR:MINOR ACCESS, such as "c 10:200 rwm"; * stands for every number',
      },
    );
  }
  return {
    allow: true,
    type,
    ...(major === undefined ? {} : { major }),
    ...(minor === undefined ? {} : { minor }),
    access,
  };
}

function isDeviceType(text: string | undefined): text is SpecDeviceRule["type"] {
  return text === "a" || text === "b" || text === "c";
}

export interface DeviceRuleRequest {
  readonly defaults: readonly SpecDeviceRule[];
  readonly devices: readonly AllowedDevice[];
  /** Values of `--device-cgroup-rule`. */
  readonly rules: readonly string[];
}

/**
 * The devices that a container may use, as a list that only allows: rules for the same device are one, rules that a
 * wider one includes are gone, access is written in the order `rwm`. Pure.
 *
 * @throws EngineError `invalidValue` for a malformed rule.
 */
export function normalizeDeviceRules({ defaults, devices, rules }: DeviceRuleRequest): readonly SpecDeviceRule[] {
  const given = devices.map((device): SpecDeviceRule => ({ allow: true, ...device }));
  return mergeDeviceRules([...defaults, ...given, ...rules.map(parseDeviceCgroupRule)]);
}

/** Merges rules that allow, in the order of their first appearance. */
export function mergeDeviceRules(rules: readonly SpecDeviceRule[]): readonly SpecDeviceRule[] {
  const merged = new Map<string, SpecDeviceRule>();
  for (const { type, access, ...numbers } of rules) {
    const major = numberOf(numbers.major);
    const minor = numberOf(numbers.minor);
    const key = `${type} ${major ?? "*"}:${minor ?? "*"}`;
    merged.set(key, {
      allow: true,
      type,
      ...(major === undefined ? {} : { major }),
      ...(minor === undefined ? {} : { minor }),
      access: canonicalAccess(access + (merged.get(key)?.access ?? "")),
    });
  }
  const all = [...merged.values()].filter((rule) => rule.access !== "");
  return all.filter((rule) => !all.some((wider) => wider !== rule && includesRule(wider, rule)));
}

/** -1 and an absent number both stand for all. */
function numberOf(value: number | undefined): number | undefined {
  return value === -1 ? undefined : value;
}

function canonicalAccess(access: string): string {
  return [..."rwm"].filter((letter) => access.includes(letter)).join("");
}

function includesRule(wider: SpecDeviceRule, rule: SpecDeviceRule): boolean {
  return (
    (wider.type === "a" || wider.type === rule.type) &&
    (wider.major === undefined || wider.major === rule.major) &&
    (wider.minor === undefined || wider.minor === rule.minor) &&
    [...rule.access].every((letter) => wider.access.includes(letter))
  );
}
