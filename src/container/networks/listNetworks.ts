import { EngineError, unlessDamaged } from "../../base/index.ts";
import { hasLabel } from "../../image/index.ts";
import { defaultNetworkName, listNetworkRecords, type NetworkRecord, networkNames } from "../../network/index.ts";
import type { ObjectFilter } from "../list/containerFilters.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "../state/containerRecord.ts";
import { isLive, type StatePlaces } from "../state/liveState.ts";
import { decideDefaultNetwork, findNetwork, isBeginning, noSuchNetwork, predefinedId } from "./findNetwork.ts";
import { bareNetwork, describeNetworkRecord, type NetworkDetails } from "./networkDetails.ts";
import { networkMembers } from "./networkMembers.ts";

export interface NetworkListPlaces extends StatePlaces {
  readonly now: () => Date;
}

/**
 * The networks in the order of their names, those that brig has by itself among them, without their members.
 *
 * @throws EngineError `invalidValue` for an unknown filter or value.
 */
export function listNetworks(places: NetworkListPlaces, filters: readonly ObjectFilter[]): readonly NetworkDetails[] {
  const fits = compileNetworkFilters(filters, places);
  return allNetworks(places)
    .filter(fits)
    .sort((one, other) => (one.Name < other.Name ? -1 : 1));
}

function allNetworks(places: NetworkListPlaces): NetworkDetails[] {
  const records = listNetworkRecords(places.root);
  const missing = networkNames(places.root).includes(defaultNetworkName) ? [] : [undecidedDefault(places)];
  return [
    ...[...records, ...missing].map((record) => describeNetworkRecord(record, [])),
    wordNetwork("host"),
    wordNetwork("none"),
  ];
}

/** The default network before its first use: what it would be at this moment. */
function undecidedDefault(places: NetworkListPlaces): NetworkRecord {
  return decideDefaultNetwork(places);
}

function wordNetwork(name: "host" | "none"): NetworkDetails {
  const driver = name === "host" ? "host" : "null";
  return bareNetwork({ name, id: predefinedId(name), driver, created: new Date(0).toISOString() });
}

/** @throws EngineError `networkNotFound` with Docker's sentence. */
export function inspectNetwork(nameOrId: string, places: NetworkListPlaces): NetworkDetails {
  for (const word of ["host", "none"] as const) {
    if (nameOrId === word || isBeginning(nameOrId, predefinedId(word)))
      return withWordMembers(wordNetwork(word), places);
  }
  const isDefault = nameOrId === defaultNetworkName || isBeginning(nameOrId, predefinedId(defaultNetworkName));
  const record = findNetwork(places.root, nameOrId) ?? (isDefault ? undecidedDefault(places) : undefined);
  if (record === undefined) throw noSuchNetwork(nameOrId);
  return describeNetworkRecord(record, networkMembers(record, places, "running"));
}

function withWordMembers(details: NetworkDetails, places: StatePlaces): NetworkDetails {
  const members = readContainers(places.root).filter(
    ({ id, networks = [] }) => networks.includes(details.Name) && isLive({ ...places, id }),
  );
  const bare = { EndpointID: "", MacAddress: "", IPv4Address: "", IPv6Address: "" };
  return { ...details, Containers: Object.fromEntries(members.map(({ id, name }) => [id, { Name: name, ...bare }])) };
}

function readContainers(root: string): readonly ContainerRecord[] {
  return listContainerIds(root).flatMap(
    (id) => unlessDamaged(() => readContainerRecord(containerPaths(root, id).record)) ?? [],
  );
}

type Test = (network: NetworkDetails) => boolean;

const builtIn: ReadonlySet<string> = new Set(["bridge", "host", "none"]);

function compileNetworkFilters(filters: readonly ObjectFilter[], { root }: StatePlaces): Test {
  const groups = new Map<string, Test[]>();
  for (const { name, value } of filters) {
    const key = name === "label" ? `label=${value}` : name;
    groups.set(key, [...(groups.get(key) ?? []), compileFilter(name, value, root)]);
  }
  return (network) => [...groups.values()].every((tests) => tests.some((test) => test(network)));
}

function compileFilter(name: string, value: string, root: string): Test {
  if (name === "driver") return ({ Driver }) => Driver === value;
  if (name === "id") return ({ Id }) => Id.includes(value);
  if (name === "name") return ({ Name }) => Name.includes(value);
  if (name === "scope") return ({ Scope }) => Scope === value;
  if (name === "label") return ({ Labels }) => hasLabel(new Map(Object.entries(Labels)), value);
  if (name === "type" && (value === "custom" || value === "builtin"))
    return ({ Name }) => builtIn.has(Name) === (value === "builtin");
  if (name === "dangling" && /^(true|false|1|0)$/.test(value)) {
    const wanted = value === "true" || value === "1";
    const used = new Set(readContainers(root).flatMap(({ networks = [] }) => networks));
    return ({ Name }) => !builtIn.has(Name) && used.has(Name) !== wanted;
  }
  const known = ["dangling", "driver", "id", "label", "name", "scope", "type"];
  throw new EngineError(
    "invalidValue",
    `invalid filter '${name.slice(0, 80)}${known.includes(name) ? `=${value.slice(0, 80)}` : ""}'`,
  );
}
