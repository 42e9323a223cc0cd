import { EngineError } from "../../base/index.ts";
import type { NetworkChoice } from "../../network/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { RunOptions } from "../runOptions.ts";

/** The network of a container that names none. */
const defaultNetwork = "bridge";

/**
 * The networks of a container with what other flags say about the first of them.
 *
 * @throws EngineError `usage` with Docker's sentences for flags that exclude each other.
 */
export function chooseNetworks(options: RunOptions): Pick<FilledOptions, "network" | "networks"> {
  const given = options.networks ?? [];
  const [first = bareChoice(defaultNetwork), ...others] = given;
  const alone = [first, ...others].find(({ network }) => hasNoInterface(network));
  if (alone !== undefined) {
    if (others.length > 0) throw wrongMix(alone.network);
    refuseWishes(options, first);
    return { network: first.network, networks: [] };
  }
  const networks = [withFlags(first, options), ...others].map((choice) => ({
    ...choice,
    network: named(choice.network),
  }));
  for (const [index, { network }] of networks.entries()) {
    if (networks.findIndex((other) => other.network === network) === index) continue;
    throw new EngineError("usage", `network ${JSON.stringify(network)} is specified multiple times`);
  }
  return { network: networks[0]?.network ?? defaultNetwork, networks };
}

/** Docker's other word for the default network. */
function named(network: string): string {
  return network === "default" ? defaultNetwork : network;
}

export function bareChoice(network: string): NetworkChoice {
  return { network, aliases: [], links: [], gatewayPriority: 0 };
}

/** `none`, `host` and another container's network: there is no interface of the container's own to be configured. */
export function hasNoInterface(network: string): boolean {
  return network === "none" || network === "host" || network.startsWith("container:");
}

function wrongMix(network: string): EngineError {
  const sentence =
    network === "none"
      ? "container cannot be connected to multiple networks with one of the networks in private (none) mode"
      : "conflicting options: cannot attach both user-defined and non-user-defined network-modes";
  return new EngineError("usage", sentence, { hint: `give --network ${network} alone` });
}

function refuseWishes(options: RunOptions, choice: NetworkChoice): void {
  const { ip, ip6, macAddress, networkAliases = [] } = options;
  const { network, ipv4, ipv6, mac, aliases } = choice;
  refuseSharing(options, network);
  if (ip !== undefined || ip6 !== undefined || ipv4 !== undefined || ipv6 !== undefined) {
    throw new EngineError(
      "usage",
      "conflicting options: user specified IP address is supported on user defined networks only",
      {
        hint: `with --network ${network} the container has no address of its own`,
      },
    );
  }
  if (macAddress !== undefined || mac !== undefined) {
    throw new EngineError("usage", "conflicting options: mac-address and the network mode", {
      hint: `with --network ${network} the container has no interface of its own`,
    });
  }
  if (networkAliases.length > 0 || aliases.length > 0) {
    throw new EngineError(
      "usage",
      "conflicting options: network-scoped aliases are supported for containers in user defined networks only",
    );
  }
}

function withFlags(
  choice: NetworkChoice,
  { ip, ip6, macAddress, networkAliases = [], links = [] }: RunOptions,
): NetworkChoice {
  const both = (one: unknown, other: unknown, what: string) => {
    if (one === undefined || other === undefined) return;
    throw new EngineError("usage", `conflicting options: cannot specify both ${what}`);
  };
  both(ip, choice.ipv4, "--ip and per-network IPv4 address");
  both(ip6, choice.ipv6, "--ip6 and per-network IPv6 address");
  both(macAddress, choice.mac, "--mac-address and per-network MAC address");
  if (networkAliases.length > 0 && choice.aliases.length > 0) {
    throw new EngineError("usage", "conflicting options: cannot specify both --network-alias and per-network alias");
  }
  const [ipv4, ipv6, mac] = [ip ?? choice.ipv4, ip6 ?? choice.ipv6, macAddress ?? choice.mac];
  return {
    ...choice,
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6 === undefined ? {} : { ipv6 }),
    ...(mac === undefined ? {} : { mac }),
    aliases: [...choice.aliases, ...networkAliases],
    links: [...choice.links, ...links],
  };
}

/** What belongs to whoever has the interface. */
function refuseSharing(
  { links = [], publish = [], publishAll = false, expose = [] }: RunOptions,
  network: string,
): void {
  if (network === "host" && links.length > 0) {
    throw new EngineError(
      "usage",
      "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
    );
  }
  if (!network.startsWith("container:")) return;
  const what = [
    ...(links.length > 0
      ? ["container type network can't be used with links. This would result in undefined behavior"]
      : []),
    ...(publish.length > 0 || publishAll ? ["port publishing and the container type network mode"] : []),
    ...(expose.length > 0 ? ["port exposing and the container type network mode"] : []),
  ];
  if (what.length === 0) return;
  throw new EngineError("usage", `conflicting options: ${what[0]}`, {
    hint: "give the option to the container whose network is shared",
  });
}
