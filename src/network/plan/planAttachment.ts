import { join } from "node:path";
import type { ContainerNetwork, Endpoint } from "../containerNetwork.ts";
import type { NetworkRecord } from "../networkRecord.ts";
import type { NetworkStep, SettingStep, ToolStep } from "../networkSteps.ts";
import type { NetworkFacts } from "../planNetwork.ts";
import { interfaceMark } from "./planNetworkUp.ts";

export interface AttachmentRequest {
  readonly network: Pick<ContainerNetwork, "endpoints">;
  /** The endpoints that the container has already; they count for the default route. */
  readonly present?: readonly Endpoint[];
  readonly records: readonly NetworkRecord[];
  readonly facts: NetworkFacts;
  /** The container's run-time directory, where a launch plan looks whether its networks were changed meanwhile. */
  readonly runDirectory?: string;
}

/**
 * Lines for `ip -batch` in a container's run-time directory. They exist once it was connected or disconnected while it ran,
 * and then stand for what the launch plan has in it: a monitor keeps its plan for all of the container's life.
 */
export function attachmentFiles(runDirectory: string): { readonly link: string; readonly address: string } {
  return { link: join(runDirectory, "link.batch"), address: join(runDirectory, "address.batch") };
}

/** What those files hold for the networks of a container. */
export function attachmentLines(request: AttachmentRequest): { readonly link: string; readonly address: string } {
  const attached = attachedEndpoints(request.network, request.records);
  const present = attachedEndpoints({ endpoints: request.present ?? [] }, request.records);
  return {
    link: attached.flatMap(linkLines).join(""),
    address: [...attached.flatMap(addressLines), ...routeLines([...present, ...attached])].join(""),
  };
}

export interface Attached {
  readonly endpoint: Endpoint;
  readonly record: NetworkRecord;
}

/** Where the helper has the container's network namespace open for its tools. */
const containerNamespace = "/proc/self/fd/3";

/** Makes the interfaces of a container: one `ip` in the host's namespace, one in the container's. */
export function planAttachment(request: AttachmentRequest): readonly NetworkStep[] {
  const { network, records, facts, runDirectory } = request;
  const attached = attachedEndpoints(network, records);
  const files = runDirectory === undefined ? undefined : attachmentFiles(runDirectory);
  if (attached.length === 0 && files === undefined) return [];
  const { link, address } = attachmentLines(request);
  const texts = {
    link: {
      id: "net.link",
      inside: false,
      why: "the container's interfaces are made outside and moved in, before anything of it runs",
      doc: "veth(4)",
    },
    address: {
      id: "net.address",
      inside: true,
      why: "addresses and the default route, in the container's network namespace",
      doc: "ip-address(8)",
    },
  } as const;
  const batch = { kind: "tool", program: facts.tools.ip } as const;
  const steps = (what: "link" | "address", input: string): readonly NetworkStep[] => [
    ...(input === ""
      ? []
      : [
          {
            ...batch,
            ...texts[what],
            argv: ["ip", "-batch", "-"],
            input,
            ...(files === undefined ? {} : { unless: files[what] }),
          },
        ]),
    ...(files === undefined ? [] : [changedStep({ ...batch, ...texts[what] }, files[what])]),
  ];
  return [
    ...attached.flatMap(({ endpoint }) => removeStale(endpoint, facts)),
    ...steps("link", link),
    ...steps("address", address),
    ...attached.flatMap((one) => rateSteps(one, facts)),
  ];
}

function changedStep(step: Omit<ToolStep, "argv" | "input">, file: string): NetworkStep {
  return { ...step, id: `${step.id}.changed`, argv: ["ip", "-batch", file], input: "", when: file };
}

/** Endpoints with their networks. */
export function attachedEndpoints(
  { endpoints }: Pick<ContainerNetwork, "endpoints">,
  records: readonly NetworkRecord[],
): readonly Attached[] {
  return endpoints.map((endpoint) => {
    const record = records.find(({ name }) => name === endpoint.network);
    if (record === undefined) throw new Error(`no record of the network ${endpoint.network} was given`);
    return { endpoint, record };
  });
}

/** The namespace of an ended container, and its interface with it, goes some time after its last process. */
function removeStale({ hostInterface, network }: Endpoint, { tools }: NetworkFacts): readonly NetworkStep[] {
  if (hostInterface === undefined) return [];
  return [
    {
      kind: "tool",
      id: `net.${network}.stale`,
      program: tools.ip,
      argv: ["ip", "link", "del", "dev", hostInterface],
      input: "",
      inside: false,
      when: interfaceMark(hostInterface),
      why: "the interface of the run before may still be on its way out",
    },
  ];
}

function linkLines({ endpoint, record }: Attached): readonly string[] {
  const { interfaceName, hostInterface, mac } = endpoint;
  const { mtu, mode, driver, hostInterface: parent } = record;
  const inner = `name ${interfaceName} mtu ${mtu} netns ${containerNamespace}`;
  if (driver === "macvlan")
    return [`link add link ${parent} ${inner} address ${mac} type macvlan mode ${mode ?? "bridge"}\n`];
  if (driver === "ipvlan") return [`link add link ${parent} ${inner} type ipvlan mode ${mode ?? "l2"}\n`];
  return [
    `link add name ${hostInterface} mtu ${mtu} type veth peer ${inner} address ${mac}\n`,
    `link set dev ${hostInterface} addrgenmode none master ${parent}\n`,
    `link set dev ${hostInterface} up type bridge_slave hairpin on\n`,
  ];
}

function addressLines({ endpoint }: Attached): readonly string[] {
  const { interfaceName, ipv4, ipv6 } = endpoint;
  return [
    `link set dev ${interfaceName} addrgenmode ${ipv6 === undefined ? "none" : "eui64"}\n`,
    ...(ipv4 === undefined ? [] : [`addr add ${ipv4.address}/${ipv4.prefixLength} brd + dev ${interfaceName}\n`]),
    ...(ipv6 === undefined ? [] : [`addr add ${ipv6.address}/${ipv6.prefixLength} dev ${interfaceName} nodad\n`]),
    `link set dev ${interfaceName} up\n`,
  ];
}

/** One default route for each family: that of the endpoint with the highest priority which has a gateway. */
export function routeLines(attached: readonly Attached[]): readonly string[] {
  const ranked = [...attached].sort((a, b) => b.endpoint.gatewayPriority - a.endpoint.gatewayPriority);
  return (["ipv4", "ipv6"] as const).flatMap((family) => {
    const first = ranked.find(
      ({ endpoint, record }) => endpoint[family] !== undefined && leadsOut(endpoint, record, family),
    );
    if (first === undefined) return [];
    const gateway = first.endpoint[family]?.gateway;
    const via = gateway === undefined || hasDirectRoute(first.record) ? "" : `via ${gateway} `;
    const everything = family === "ipv6" ? "::/0" : "0.0.0.0/0";
    return [`route replace ${everything} ${via}dev ${first.endpoint.interfaceName}\n`];
  });
}

/** Through ipvlan in mode l3 the parent routes by itself: there is no neighbour to ask. */
function hasDirectRoute({ driver, mode }: NetworkRecord): boolean {
  return driver === "ipvlan" && mode !== undefined && mode !== "l2";
}

function leadsOut(endpoint: Endpoint, record: NetworkRecord, family: "ipv4" | "ipv6"): boolean {
  if (record.internal) return false;
  return hasDirectRoute(record) || endpoint[family]?.gateway !== undefined;
}

/** What a container sends is held back inside, what it gets on the host's side of its interface. */
function rateSteps({ endpoint, record }: Attached, { tools }: NetworkFacts): readonly NetworkStep[] {
  const { rateBits, interfaceName, hostInterface, network } = endpoint;
  if (rateBits === undefined) return [];
  const burst = Math.max(Math.ceil(rateBits / 8 / 250), record.mtu * 10);
  const limit = (dev: string) => [
    "tc",
    "qdisc",
    "replace",
    "dev",
    dev,
    "root",
    "tbf",
    "rate",
    `${rateBits}bit`,
    "burst",
    String(burst),
    "latency",
    "50ms",
  ];
  const step = { kind: "tool", program: tools.tc, input: "", why: "rate= of --network", doc: "tc-tbf(8)" } as const;
  return [
    { ...step, id: `net.${network}.rate.out`, argv: limit(interfaceName), inside: true },
    ...(hostInterface === undefined
      ? []
      : [{ ...step, id: `net.${network}.rate.in`, argv: limit(hostInterface), inside: false } as const]),
  ];
}

/** No interface of a container gets addresses or routes from what somebody on its network says (CVE-2020-13401). */
export function insideSettings({ network, facts }: AttachmentRequest): readonly SettingStep[] {
  if (!facts.ipv6) return [];
  return network.endpoints.map(({ interfaceName, ipv6, network: name }) => {
    const directory = `sys/net/ipv6/conf/${interfaceName}`;
    const texts = { id: `net.${name}.ipv6`, doc: "https://docs.kernel.org/networking/ip-sysctl.html" };
    if (ipv6 === undefined) {
      return {
        kind: "setting",
        ...texts,
        file: `${directory}/disable_ipv6`,
        value: "1",
        why: "this network has no IPv6",
      };
    }
    return {
      kind: "setting",
      ...texts,
      file: `${directory}/accept_ra`,
      value: "0",
      why: "its address and gateway are known",
    };
  });
}
