import { join } from "node:path";
import type { ContainerNetwork, Endpoint } from "../containerNetwork.ts";
import type { NetworkRecord } from "../networkRecord.ts";
import type { NetworkStep, NetworkSteps, SettingStep, ToolStep } from "../networkSteps.ts";
import type { NetworkPlanRequest } from "../planNetwork.ts";
import { nftDocument } from "../ruleset/nftJson.ts";
import { publishElements, type TranslatedPort, unpublishElements } from "../ruleset/portMaps.ts";
import { familyOf } from "./addresses.ts";

/**
 * Documents for `nft -j -f` in a container's run-time directory. They exist once ports were published or withdrawn while
 * it ran, and then stand for what the launch plan has in it: a monitor keeps its plan for all of the container's life.
 */
export function portFiles(runDirectory: string): { readonly start: string; readonly end: string } {
  return { start: join(runDirectory, "publish.json"), end: join(runDirectory, "withdraw.json") };
}

/** What makes the published ports of one container reachable, and what takes that back. Pure. */
export function planPorts({ network, records, facts, runDirectory }: NetworkPlanRequest): NetworkSteps {
  const bridge = records.find(({ driver }) => driver === "bridge");
  if (bridge === undefined) return { start: [], settings: [], end: [] };
  const ports = translatePorts(network, records);
  const files = portFiles(runDirectory);
  const nft = { kind: "tool", program: facts.tools.nft, inside: false, doc: "nft(8)" } as const;
  const step = (texts: Pick<ToolStep, "id" | "why">, file: string, commands: Parameters<typeof nftDocument>[0]) => [
    ...(commands.length === 0
      ? []
      : [{ ...nft, ...texts, argv: ["nft", "-j", "-f", "-"], input: nftDocument(commands), unless: file }]),
    { ...nft, ...texts, id: `${texts.id}.changed`, argv: ["nft", "-j", "-f", file], input: "", when: file },
  ];
  const publish = { id: "net.ports", why: "published ports lead to the container, without a process between" };
  const withdraw = { id: "net.ports.end", why: "its ports lead nowhere when the container has ended" };
  return {
    start: [
      ...loopbackRoutes(network, ports, records),
      ...step(publish, files.start, publishElements(ports)),
    ] satisfies readonly NetworkStep[],
    settings: [],
    end: step(withdraw, files.end, unpublishElements(ports)),
  };
}

/** Published ports with the address that they lead to. Those whose family the container does not have lead nowhere. */
export function translatePorts(network: PortNetwork, records: readonly NetworkRecord[]): readonly TranslatedPort[] {
  const endpoint = publishingEndpoint(network, records);
  return network.ports.flatMap((port) => {
    const address = (familyOf(port.hostIp) === 4 ? endpoint?.ipv4 : endpoint?.ipv6)?.address;
    return address === undefined ? [] : [{ ...port, address }];
  });
}

type PortNetwork = Pick<ContainerNetwork, "endpoints" | "ports">;

/**
 * The endpoint that published ports lead to: that of the bridge with the default route, so that answers come back the way
 * that the questions came. An internal network has no way in.
 */
export function publishingEndpoint(
  { endpoints }: Pick<ContainerNetwork, "endpoints">,
  records: readonly NetworkRecord[],
): Endpoint | undefined {
  const open = new Set(records.flatMap(({ driver, internal, name }) => (driver === "bridge" && !internal ? name : [])));
  return endpoints
    .filter(({ network, ipv4, ipv6 }) => open.has(network) && (ipv4 ?? ipv6)?.gateway !== undefined)
    .sort((one, other) => other.gatewayPriority - one.gatewayPriority)[0];
}

/** What lets a packet that comes from the loopback leave through the bridge. Who may send one is decided in `portRules`. */
export function loopbackRoutes(
  network: ContainerNetwork,
  ports: readonly TranslatedPort[],
  records: NetworkPlanRequest["records"],
): readonly SettingStep[] {
  const endpoint = publishingEndpoint(network, records);
  const bridge = records.find(({ name }) => name === endpoint?.network)?.hostInterface;
  if (bridge === undefined || !ports.some(({ hostIp }) => familyOf(hostIp) === 4)) return [];
  return [
    {
      kind: "setting",
      id: "net.ports.loopback",
      file: `/proc/sys/net/ipv4/conf/${bridge}/route_localnet`,
      value: "1",
      why: "a published port can be reached at 127.0.0.1, from this host only",
      doc: "https://docs.kernel.org/networking/ip-sysctl.html",
    },
  ];
}
