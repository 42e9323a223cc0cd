import { EngineError } from "../base/index.ts";
import type { HostRoute } from "./addresses/hostRoutes.ts";
import { bridgeInterfaceName } from "./interfaceNames.ts";
import { defaultBridgeInterface, defaultNetworkName, type NetworkDriver, type NetworkRecord } from "./networkRecord.ts";
import {
  checkDriverOptions,
  mtuOption,
  type NetworkRequest,
  parseNetworkDriver,
  parseNetworkName,
} from "./networkRequest.ts";
import { planSubnets } from "./planSubnets.ts";

export interface RecordFacts {
  readonly id: string;
  readonly created: Date;
  /** Every network that there is. */
  readonly existing: readonly NetworkRecord[];
  readonly routes: readonly HostRoute[];
  /** The names of the host's interfaces. */
  readonly interfaces: ReadonlySet<string>;
}

const defaultMtu = 1500;
const leastIpv6Mtu = 1280;

/**
 * Decides everything about a new network. Pure.
 *
 * @throws EngineError `invalidValue`, `notOffered`, `nameInUse`, `busy` for a subnet that is in use.
 */
export function planNetworkRecord(request: NetworkRequest, facts: RecordFacts): NetworkRecord {
  const name = parseNetworkName(request.name);
  const driver = parseNetworkDriver(request.driver);
  checkDriverOptions(driver, request.options);
  if (facts.existing.some((network) => network.name === name)) throw nameTaken(name);
  const subnets = planSubnets({ ...request, driver }, facts);
  const mtu = Number(request.options.get(mtuOption) ?? defaultMtu);
  if (subnets.some(({ family }) => family === 6) && mtu < leastIpv6Mtu) {
    throw new EngineError("invalidValue", `invalid MTU ${mtu}: IPv6 needs 1280 bytes at least`, {
      hint: "leave out --ipv6, or raise the MTU",
    });
  }
  const mode = request.options.get(`${driver}_mode`);
  return {
    version: 1,
    name,
    id: facts.id,
    driver,
    created: facts.created.toISOString(),
    subnets,
    internal: request.internal,
    ipv6: subnets.some(({ family }) => family === 6),
    attachable: request.attachable,
    options: membersOf(request.options),
    labels: membersOf(request.labels),
    mtu,
    hostInterface: hostInterfaceOf(request, driver, facts),
    ...(mode === undefined ? {} : { mode }),
  };
}

export function nameTaken(name: string): EngineError {
  return new EngineError("nameInUse", `network with name ${name} already exists`, {
    hint: `remove it with: brig network rm ${name}`,
    details: { name },
  });
}

function hostInterfaceOf({ name, options }: NetworkRequest, driver: NetworkDriver, facts: RecordFacts): string {
  if (driver === "bridge") {
    const wanted = options.get("com.docker.network.bridge.name");
    const chosen = wanted ?? (name === defaultNetworkName ? defaultBridgeInterface : bridgeInterfaceName(facts.id));
    const holder = facts.existing.find(({ hostInterface }) => hostInterface === chosen);
    if (holder !== undefined || (wanted !== undefined && facts.interfaces.has(wanted))) {
      const whose =
        holder === undefined ? "the host has an interface with this name" : `the network ${holder.name} has it`;
      throw new EngineError("busy", `cannot use the bridge "${chosen}": ${whose}`, { hint: "choose another name" });
    }
    return chosen;
  }
  const parent = options.get("parent");
  if (parent === undefined) {
    throw new EngineError("usage", `a network with the driver ${driver} needs an interface of the host`, {
      hint: "give it with -o parent=INTERFACE",
    });
  }
  if (!facts.interfaces.has(parent)) {
    throw new EngineError(
      "invalidValue",
      `cannot use the parent interface "${parent}": the host has no such interface`,
      {
        hint: "ip link shows the interfaces",
      },
    );
  }
  return parent;
}

/** Without a prototype, so that a key called `__proto__` is an ordinary one. */
function membersOf(map: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.assign(Object.create(null), Object.fromEntries(map));
}
