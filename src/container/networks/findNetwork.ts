import { join } from "node:path";
import { EngineError, makeDirectory, withLock } from "../../base/index.ts";
import {
  addNetworkRecord,
  defaultNetworkName,
  forgetRemoved,
  interfaceNames,
  listDamagedNetworks,
  listHalfMade,
  listNetworkRecords,
  type NetworkRecord,
  type NetworkRequest,
  nameTaken,
  networksDirectory,
  planNetworkRecord,
  readHostRoutes,
  readNetworkRecord,
} from "../../network/index.ts";

export interface NetworkPlaces {
  readonly root: string;
  readonly now: () => Date;
  /** Of the default network when it is made; a free one of the pool when left out. */
  readonly defaultSubnet?: string;
}

/** The ids of the networks that brig has by itself, the same everywhere: SHA-256 of `brig network NAME`. */
const predefinedIds: ReadonlyMap<string, string> = new Map([
  ["bridge", "6e8310131558087da14011d2caaf186d2c0c7e609dc79010d437ef0284f763bb"],
  ["host", "4e9eaf466824116482a2fa1f7a2c70df9e8fcb63df9da9059c0489687e45a4aa"],
  ["none", "fed90e068be343bb58492ea38e145e8bc25e5fd3e49414516c38d36d95bd9622"],
]);

export function predefinedId(name: "bridge" | "host" | "none"): string {
  return predefinedIds.get(name) ?? "";
}

/** Of a network that brig has by itself, by its id or the beginning of it. */
export function predefinedName(id: string): string | undefined {
  return [...predefinedIds].find(([, known]) => isBeginning(id, known))?.[0];
}

/**
 * Makes a network; what is decided about it and that it exists is one step for everybody else.
 *
 * @throws EngineError as `planNetworkRecord`, `storeCorrupt` when it is not known which addresses another network has.
 */
export async function makeNetwork(
  request: NetworkRequest,
  id: string,
  { root, now }: NetworkPlaces,
): Promise<NetworkRecord> {
  makeDirectory(networksDirectory(root));
  return withLock(join(networksDirectory(root), ".lock"), { mode: "exclusive" }, () => {
    for (const path of listHalfMade(root)) forgetRemoved(path); // nobody else is at it: we have the lock
    for (const name of listDamagedNetworks(root)) throw unknownAddresses(name);
    const record = decideNetwork(request, id, { root, now });
    if (!addNetworkRecord(root, record)) throw nameTaken(record.name);
    return record;
  });
}

function unknownAddresses(name: string): EngineError {
  return new EngineError(
    "storeCorrupt",
    `cannot choose addresses for a network: the record of the network ${name} is damaged, so its own are not known`,
    { hint: `brig system check --repair, or brig network rm --force ${name}`, details: { network: name } },
  );
}

/** The record that `makeNetwork` would write at this moment. */
function decideNetwork(request: NetworkRequest, id: string, { root, now }: NetworkPlaces): NetworkRecord {
  return planNetworkRecord(request, {
    id,
    created: now(),
    existing: listNetworkRecords(root),
    routes: readHostRoutes(),
    interfaces: interfaceNames(),
  });
}

/** The record that the network of containers that name none would get at this moment. */
export function decideDefaultNetwork(places: NetworkPlaces): NetworkRecord {
  return decideNetwork(defaultRequest(places), predefinedId(defaultNetworkName), places);
}

function defaultRequest({ defaultSubnet }: NetworkPlaces): NetworkRequest {
  return defaultSubnet === undefined ? unaskedRequest : { ...unaskedRequest, subnets: [defaultSubnet] };
}

const unaskedRequest: NetworkRequest = {
  name: defaultNetworkName,
  driver: "bridge",
  subnets: [],
  gateways: [],
  ipRanges: [],
  auxAddresses: new Map(),
  internal: false,
  ipv6: false,
  attachable: false,
  options: new Map(),
  labels: new Map(),
};

/** The default network, made when it is not there. */
async function ensureDefaultNetwork(places: NetworkPlaces): Promise<NetworkRecord> {
  const found = readNetworkRecord(places.root, defaultNetworkName);
  if (found !== undefined) return found;
  try {
    return await makeNetwork(defaultRequest(places), predefinedId(defaultNetworkName), places);
  } catch (error) {
    const made = readNetworkRecord(places.root, defaultNetworkName);
    if (made !== undefined) return made; // by somebody else, at the same time
    throw error;
  }
}

/**
 * The network that a name, an id or the unambiguous beginning of an id stands for; the default one is made.
 *
 * @throws EngineError `networkNotFound`, `invalidValue` for an ambiguous beginning.
 */
export async function requireNetwork(nameOrId: string, places: NetworkPlaces): Promise<NetworkRecord> {
  if (nameOrId === defaultNetworkName || nameOrId === "default") return ensureDefaultNetwork(places);
  const record = findNetwork(places.root, nameOrId);
  if (record !== undefined) return record;
  if (isBeginning(nameOrId, predefinedId(defaultNetworkName))) return ensureDefaultNetwork(places);
  throw noSuchNetwork(nameOrId);
}

/**
 * As `requireNetwork`, but the default network is not made: what it would be is decided.
 *
 * @throws EngineError as `requireNetwork`.
 */
export function foreseeNetwork(nameOrId: string, places: NetworkPlaces): NetworkRecord {
  const isDefault = nameOrId === defaultNetworkName || nameOrId === "default";
  const record = isDefault ? readNetworkRecord(places.root, defaultNetworkName) : findNetwork(places.root, nameOrId);
  if (record !== undefined) return record;
  if (isDefault || isBeginning(nameOrId, predefinedId(defaultNetworkName))) return decideDefaultNetwork(places);
  throw noSuchNetwork(nameOrId);
}

export function findNetwork(root: string, nameOrId: string): NetworkRecord | undefined {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/.test(nameOrId)) {
    const named = readNetworkRecord(root, nameOrId);
    if (named !== undefined) return named;
  }
  if (!/^[0-9a-f]{1,64}$/.test(nameOrId)) return undefined;
  const matches = listNetworkRecords(root).filter(({ id }) => id.startsWith(nameOrId));
  if (matches.length > 1) {
    throw new EngineError("invalidValue", `multiple networks found with provided prefix: ${nameOrId}`, {
      hint: "write more digits of the id, or the name",
    });
  }
  return matches[0];
}

export function isBeginning(text: string, id: string): boolean {
  return /^[0-9a-f]{1,64}$/.test(text) && id.startsWith(text);
}

export function noSuchNetwork(name: string): EngineError {
  return new EngineError("networkNotFound", `network ${name.slice(0, 128)} not found`, {
    hint: "brig network ls lists the networks",
  });
}
