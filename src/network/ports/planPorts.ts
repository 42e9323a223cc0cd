import { join } from "node:path";
import type { ContainerNetwork, Endpoint } from "../containerNetwork.ts";
import type { NetworkRecord } from "../networkRecord.ts";
import type { NetworkStep, SettingStep, ToolStep } from "../networkSteps.ts";
import type { NetworkFacts, NetworkPlanRequest } from "../planNetwork.ts";
import { type NftObject, nftDocument } from "../ruleset/nftJson.ts";
import { publishElements, type TranslatedPort, unpublishElements } from "../ruleset/portMaps.ts";
import { familyOf } from "./addresses.ts";

/**
 * Documents for `nft -j -f` in a container's run-time directory. They exist once ports were published or withdrawn while
 * it ran, and then stand for what the launch plan has in it: a monitor keeps its plan for all of the container's life.
 */
export function portFiles(runDirectory: string): { readonly start: string; readonly end: string } {
  return { start: join(runDirectory, "publish.json"), end: join(runDirectory, "withdraw.json") };
}

interface PortSteps {
  readonly start: readonly NetworkStep[];
  readonly end: readonly NetworkStep[];
}

/** What makes the published ports of one container reachable, and what takes that back. Pure. */
export function planPorts({ network, records, facts, runDirectory }: NetworkPlanRequest): PortSteps {
  const bridge = records.find(({ driver }) => driver === "bridge");
  if (bridge === undefined) return { start: [], end: [] };
  const ports = translatePorts(network, records);
  const files = portFiles(runDirectory);
  const publish = {
    id: "net.ports",
    why: "published ports lead to the container, without a process between",
    ...nftOf(facts),
  };
  const withdraw = {
    id: "net.ports.end",
    why: "its ports lead nowhere when the container has ended",
    ...nftEnd(facts),
  };
  return {
    start: [...loopbackRoutes(network, ports, records), ...nftSteps(publish, files.start, publishElements(ports))],
    end: nftSteps(withdraw, files.end, unpublishElements(ports)),
  };
}

type NftCommand = Pick<ToolStep, "id" | "why" | "program" | "argv" | "answers">;

function nftSteps(command: NftCommand, file: string, commands: readonly NftObject[]): readonly ToolStep[] {
  const step = { ...command, kind: "tool", inside: false, doc: "nft(8)" } as const;
  const { id, argv } = command;
  return [
    ...(commands.length === 0
      ? []
      : [{ ...step, argv: [...argv, "-f", "-"], input: nftDocument(commands), unless: file }]),
    { ...step, id: `${id}.changed`, argv: [...argv, "-f", file], input: "", when: file },
  ];
}

function nftOf({ tools }: Pick<NetworkFacts, "tools">): Pick<NftCommand, "program" | "argv"> {
  return { program: tools.nft, argv: ["nft", "-j"] };
}

/**
 * Who has deleted elements and closes the socket to nf_tables waits until the kernel has freed them (nft_rcv_nl_event in
 * net/netfilter/nf_tables_api.c): two or three ticks, in which all is done already. So nft is to say what it has done (`-e`),
 * as soon as it has something to say (stdbuf(1)).
 */
function nftEnd({ tools }: Pick<NetworkFacts, "tools">): Omit<NftCommand, "id" | "why"> {
  if (tools.stdbuf === undefined) return nftOf({ tools });
  return { program: tools.stdbuf, argv: ["stdbuf", "-o0", tools.nft, "-j", "-e"], answers: true };
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
