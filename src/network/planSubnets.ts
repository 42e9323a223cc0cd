import { EngineError } from "../base/index.ts";
import type { HostRoute } from "./addresses/hostRoutes.ts";
import { formatAddress, parseAddress } from "./addresses/ipAddress.ts";
import {
  bitsOf,
  contains,
  endOf,
  formatSubnet,
  isUsable,
  overlaps,
  parseSubnet,
  type Subnet,
} from "./addresses/subnet.ts";
import { chooseSubnet4, chooseSubnet6, firstSubnet4 } from "./addresses/subnetPool.ts";
import { defaultNetworkName, type NetworkDriver, type NetworkRecord, type NetworkSubnet } from "./networkRecord.ts";
import type { NetworkRequest } from "./networkRequest.ts";

interface SubnetFacts {
  readonly existing: readonly NetworkRecord[];
  readonly routes: readonly HostRoute[];
}

type SubnetRequest = Omit<NetworkRequest, "driver"> & { readonly driver: NetworkDriver };

/**
 * The subnets of a new network: those asked for, checked, or free ones; each gateway, range and further address goes to
 * the subnet that holds it. Pure.
 *
 * @throws EngineError `invalidValue` with Docker's sentences, `busy` for a subnet that something else has.
 */
export function planSubnets(request: SubnetRequest, facts: SubnetFacts): readonly NetworkSubnet[] {
  const given = request.subnets.map((text) => requireSubnet(text));
  for (const [index, subnet] of given.entries()) {
    for (const other of given.slice(0, index)) {
      if (overlaps(subnet, other))
        throw new EngineError("invalidValue", "multiple overlapping subnet configuration is not supported");
    }
    requireFree(subnet, request, facts);
  }
  if (given.some(({ family }) => family === 6) && !request.ipv6) {
    throw new EngineError("invalidValue", "a subnet of IPv6 needs a network with IPv6", { hint: "add --ipv6" });
  }
  if (request.ipv4 === false) requireOnlySix(given, request);
  const kept = request.name === defaultNetworkName ? [] : [firstSubnet4];
  const taken = [...kept, ...takenSubnets(facts.existing), ...facts.routes.map(({ subnet }) => subnet)];
  const subnets = [
    ...(request.ipv4 === false || given.some(({ family }) => family === 4) ? [] : [chooseSubnet4(taken)]),
    ...given,
    ...(request.ipv6 && !given.some(({ family }) => family === 6) ? [chooseSubnet6()] : []),
  ];
  return distribute(request, subnets);
}

function requireOnlySix(given: readonly Subnet[], { ipv6 }: SubnetRequest): void {
  if (!ipv6)
    throw new EngineError("invalidValue", "IPv4 or IPv6 must be enabled", { hint: "add --ipv6, or leave out --ipv4" });
  const four = given.find(({ family }) => family === 4);
  if (four === undefined) return;
  throw new EngineError("invalidValue", `the subnet ${formatSubnet(four)} needs a network with IPv4`, {
    hint: "leave out --ipv4=false",
  });
}

function requireSubnet(text: string): Subnet {
  const subnet = parseSubnet(text);
  if (subnet === undefined)
    throw new EngineError("invalidValue", `invalid subnet ${text.slice(0, 100)}: invalid CIDR address`, {
      hint: "write it as 10.1.0.0/16",
    });
  const kept = formatSubnet(subnet);
  if (parseAddress(text.slice(0, text.indexOf("/")))?.value !== subnet.first) {
    throw new EngineError("invalidValue", `invalid subnet ${text}: it should be ${kept}`);
  }
  const least = subnet.family === 4 ? 8 : 32;
  if (subnet.length < least || subnet.length > bitsOf(subnet.family) - 1) {
    throw new EngineError(
      "invalidValue",
      `invalid subnet ${text}: a prefix has ${least} to ${bitsOf(subnet.family) - 1} bits here`,
    );
  }
  return subnet;
}

/** macvlan and ipvlan are meant to share the subnet of the parent's network. */
function requireFree(subnet: Subnet, { driver }: SubnetRequest, { existing, routes }: SubnetFacts): void {
  const bridges = driver === "bridge" ? existing : [];
  for (const network of bridges) {
    if (!takenSubnets([network]).some((other) => overlaps(subnet, other))) continue;
    throw new EngineError("busy", "invalid pool request: Pool overlaps with other one on this address space", {
      hint: `the network ${network.name} has ${network.subnets.map((one) => one.subnet).join(" and ")}`,
      details: { subnet: formatSubnet(subnet), network: network.name },
    });
  }
  const route = driver === "bridge" ? routes.find((one) => one.direct && overlaps(subnet, one.subnet)) : undefined;
  if (route === undefined) return;
  throw new EngineError(
    "busy",
    `cannot use the subnet ${formatSubnet(subnet)}: the host itself is in ${formatSubnet(route.subnet)} by its interface ${route.device}`,
    {
      hint: "choose another subnet, or leave out --subnet",
      details: { subnet: formatSubnet(subnet), device: route.device },
    },
  );
}

function takenSubnets(networks: readonly NetworkRecord[]): readonly Subnet[] {
  return networks.flatMap(({ subnets }) => subnets.flatMap(({ subnet }) => parseSubnet(subnet) ?? []));
}

function distribute(request: SubnetRequest, subnets: readonly Subnet[]): readonly NetworkSubnet[] {
  const gateways = assign(request.gateways, subnets, "gateway");
  const ranges = assign(request.ipRanges, subnets, "range");
  const aux = [...request.auxAddresses].map(([name, text]) => ({
    name,
    text: normalAddress(text),
    subnet: holderOf(text, subnets, "aux-address"),
  }));
  return subnets.map((subnet) => {
    const gateway = gateways.get(subnet) ?? defaultGateway(request, subnet, ranges.get(subnet));
    const ipRange = ranges.get(subnet);
    const own = aux.filter((one) => one.subnet === subnet).map(({ name, text }) => [name, text] as const);
    return {
      family: subnet.family,
      subnet: formatSubnet(subnet),
      ...(gateway === undefined ? {} : { gateway }),
      ...(ipRange === undefined ? {} : { ipRange }),
      auxAddresses: Object.assign(Object.create(null), Object.fromEntries(own)) as Record<string, string>,
    };
  });
}

function assign(
  texts: readonly string[],
  subnets: readonly Subnet[],
  what: "gateway" | "range",
): ReadonlyMap<Subnet, string> {
  const assigned = new Map<Subnet, string>();
  for (const text of texts) {
    const subnet = holderOf(text, subnets, what);
    if (assigned.has(subnet)) {
      throw new EngineError(
        "invalidValue",
        `cannot configure multiple ${what === "range" ? "ranges" : "gateways"} (${text}, ${assigned.get(subnet)}) on the same subnet (${formatSubnet(subnet)})`,
      );
    }
    const range = parseSubnet(text);
    assigned.set(subnet, what === "range" && range !== undefined ? formatSubnet(range) : normalAddress(text));
  }
  return assigned;
}

/** The subnet that a gateway, range or address belongs to. */
function holderOf(text: string, subnets: readonly Subnet[], what: string): Subnet {
  const range = what === "range" ? parseSubnet(text) : undefined;
  const address = range === undefined ? parseAddress(text) : { family: range.family, value: range.first };
  if (address === undefined || (what === "range" && range === undefined)) {
    throw new EngineError("invalidValue", `invalid ${what} ${JSON.stringify(text.slice(0, 100))}`);
  }
  const holder = subnets.find((subnet) =>
    range === undefined ? isUsable(subnet, address) : contains(subnet, address) && endOf(range) <= endOf(subnet),
  );
  if (holder === undefined) throw new EngineError("invalidValue", `no matching subnet for ${what} ${text}`);
  return holder;
}

function normalAddress(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : formatAddress(address);
}

/** The first address; a bridge always has one, because it is the host's own address in the network. */
function defaultGateway(
  { driver, internal, options }: SubnetRequest,
  subnet: Subnet,
  range: string | undefined,
): string | undefined {
  if (driver === "ipvlan" && (options.get("ipvlan_mode") ?? "l2") !== "l2") return undefined;
  if (driver !== "bridge" && internal) return undefined;
  const inRange = range === undefined ? undefined : parseSubnet(range);
  const base = inRange ?? subnet;
  const first = base.first === subnet.first && bitsOf(subnet.family) - subnet.length > 1 ? base.first + 1n : base.first;
  return formatAddress({ family: subnet.family, value: first });
}
