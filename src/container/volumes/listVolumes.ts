import { EngineError, unlessDamaged } from "../../base/index.ts";
import { hasLabel } from "../../image/index.ts";
import type { ObjectFilter } from "../list/containerFilters.ts";
import { compileTextPattern } from "../list/textPattern.ts";
import { listVolumeNames, readVolumeRecord, type VolumeRecord } from "../state/volumes.ts";
import { readVolumeUsers } from "../state/volumeUsers.ts";
import { describeVolume, type VolumeDetails } from "./volumeDetails.ts";

/**
 * The volumes, in the order of their names.
 *
 * @throws EngineError `invalidValue` for an unknown filter or value.
 */
export function listVolumes(root: string, filters: readonly ObjectFilter[]): readonly VolumeDetails[] {
  const fits = compileVolumeFilters(filters, () => readVolumeUsers(root));
  return readVolumes(root)
    .filter(fits)
    .map((record) => describeVolume(root, record));
}

/** One damaged volume must not hide the others. */
export function readVolumes(root: string): readonly VolumeRecord[] {
  return listVolumeNames(root).flatMap((name) => unlessDamaged(() => readVolumeRecord(root, name)) ?? []);
}

/** @throws EngineError `volumeNotFound` with Docker's sentence, `storeCorrupt`. */
export function inspectVolume(root: string, name: string): VolumeDetails {
  return describeVolume(root, requireVolume(root, name));
}

/** @throws EngineError `volumeNotFound` with Docker's sentence, `storeCorrupt`. */
export function requireVolume(root: string, name: string): VolumeRecord {
  // A name that cannot be one is not looked for: it could lead out of the directory.
  const record = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/.test(name) ? readVolumeRecord(root, name) : undefined;
  if (record !== undefined) return record;
  throw new EngineError("volumeNotFound", `get ${name.slice(0, 255)}: no such volume`, {
    hint: "brig volume ls lists the volumes",
  });
}

type Test = (record: VolumeRecord) => boolean;
type Users = () => ReadonlyMap<string, readonly string[]>;

const filterTests: ReadonlyMap<string, (value: string, users: Users) => Test> = new Map([
  ["dangling", danglingTest],
  ["driver", (value) => (record) => record.driver === value],
  ["label", (value) => (record) => hasLabel(labelsOf(record), value)],
  ["name", nameTest],
]);

function compileVolumeFilters(filters: readonly ObjectFilter[], users: Users): Test {
  const groups = new Map<string, Test[]>();
  for (const { name, value } of filters) {
    const make = filterTests.get(name);
    if (make === undefined) throw new EngineError("invalidValue", `invalid filter '${name.slice(0, 80)}'`);
    const key = name === "label" ? `label=${value}` : name;
    groups.set(key, [...(groups.get(key) ?? []), make(value, users)]);
  }
  return (record) => [...groups.values()].every((tests) => tests.some((test) => test(record)));
}

function danglingTest(value: string, users: Users): Test {
  if (!/^(true|false|1|0)$/.test(value)) {
    throw new EngineError("invalidValue", `invalid filter 'dangling=${value.slice(0, 80)}'`, {
      hint: "write dangling=true or dangling=false",
    });
  }
  const wanted = value === "true" || value === "1";
  const used = users();
  return ({ name }) => used.has(name) !== wanted;
}

function nameTest(value: string): Test {
  const fits = compileTextPattern(value);
  return ({ name }) => fits(name);
}

/** What the user sees as its labels, Docker's mark of an anonymous volume among them. */
export function labelsOf(record: VolumeRecord): ReadonlyMap<string, string> {
  return new Map(Object.entries(describeVolume("", record).Labels ?? {}));
}
