import type { NetworkRecord } from "../networkRecord.ts";
import type { NetworkStep, SettingStep } from "../networkSteps.ts";
import type { NetworkFacts } from "../planNetwork.ts";
import { baseRules } from "../ruleset/baseRules.ts";
import { networkRules } from "../ruleset/networkRules.ts";
import { nftDocument } from "../ruleset/nftJson.ts";

/** Has an entry for each interface in the network namespace of whoever looks, which a mounted sysfs does not promise. */
export const interfacesDirectory = "/proc/sys/net/ipv4/conf";

export function interfaceMark(name: string): string {
  return `${interfacesDirectory}/${name}`;
}

/**
 * What brings a bridge network up; nothing for one that is up but the kernel settings, whose repetition costs nothing. The
 * rules come first: there is no moment in which the bridge is open.
 */
export function planNetworkUp(record: NetworkRecord, facts: NetworkFacts): readonly NetworkStep[] {
  if (record.driver !== "bridge") return [];
  const unless = interfaceMark(record.hostInterface);
  return [
    {
      kind: "tool",
      id: `net.${record.name}.rules`,
      program: facts.tools.nft,
      argv: ["nft", "-j", "-f", "-"],
      input: nftDocument([...baseRules(), ...networkRules(record)]),
      inside: false,
      unless,
      why: "what may pass into the network and out of it, in brig's own table; others are not touched",
      doc: "nft(8)",
    },
    {
      kind: "tool",
      id: `net.${record.name}.bridge`,
      program: facts.tools.ip,
      argv: ["ip", "-batch", "-"],
      input: bridgeBatch(record),
      inside: false,
      unless,
      why: "the bridge that joins the containers of the network, with the address that is their gateway",
      doc: "ip-link(8)",
    },
    ...settings(record, facts),
  ];
}

/** The lines of `ip -batch` that make a bridge. It is up, and so usable, last. */
function bridgeBatch(record: NetworkRecord): string {
  const { id, hostInterface, mtu } = record;
  const lines = [
    `link add name ${hostInterface} mtu ${mtu} address ${bridgeAddress(id)} type bridge`,
    `link set dev ${hostInterface} addrgenmode none`,
    ...gatewayAddresses(record).map((address) => `addr add ${address}`),
    `link set dev ${hostInterface} up`,
    ...(record.subnets.some(({ family }) => family === 6) ? [loopbackRoute(record)] : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * An answer to [::1] that comes in through the bridge is looked up for that interface only (rt6_need_strict in
 * net/ipv6/route.c), while `local ::1` is known for lo. A packet sent to ::1 never gets that far: ipv6_rcv drops it.
 * Routes to one address with one metric would replace each other, so each network has a metric of its own.
 */
function loopbackRoute({ hostInterface, id }: NetworkRecord): string {
  return `route replace local ::1 dev ${hostInterface} table local metric ${1024 + Number.parseInt(id.slice(0, 7), 16)}`;
}

/**
 * The host's own addresses in a network, each with its interface, as `ip address` takes them. What passes through the host
 * comes from addresses that are not the bridge's, and then only a link-local one can ask who has the next address
 * (ndisc_send_ns in net/ipv6/ndisc.c).
 */
export function gatewayAddresses({ subnets, hostInterface }: NetworkRecord): readonly string[] {
  const gateways = subnets.flatMap(({ subnet, gateway, family }) =>
    gateway === undefined
      ? []
      : [`${gateway}/${subnet.split("/")[1]} dev ${hostInterface}${family === 6 ? " nodad" : ""}`],
  );
  const linkLocal = subnets.some(({ family }) => family === 6) ? [`fe80::1/64 dev ${hostInterface} nodad`] : [];
  return [...gateways, ...linkLocal];
}

/** Its own: else it would be that of one of the members, and change when that leaves. */
function bridgeAddress(networkId: string): string {
  return `02:42:${networkId.slice(0, 8).replace(/..(?=.)/g, "$&:")}`;
}

function settings({ name, hostInterface, ipv6, subnets }: NetworkRecord, facts: NetworkFacts): readonly SettingStep[] {
  const forward = (family: string, file: string): SettingStep => ({
    kind: "setting",
    id: `net.${name}.forward${family}`,
    file,
    value: "1",
    why: "the host passes packets on between its interfaces",
    doc: "https://docs.kernel.org/networking/ip-sysctl.html",
  });
  const withIpv6 = ipv6 && subnets.some(({ family }) => family === 6);
  const routers: SettingStep = {
    kind: "setting",
    id: `net.${name}.routers`,
    file: `/proc/sys/net/ipv6/conf/${hostInterface}/${withIpv6 ? "accept_ra" : "disable_ipv6"}`,
    value: withIpv6 ? "0" : "1",
    why: withIpv6
      ? "a container that says it is a router is not believed (CVE-2020-13401)"
      : "the network has no IPv6, and no container can bring it in (CVE-2020-13401)",
    doc: "https://docs.kernel.org/networking/ip-sysctl.html",
  };
  return [
    forward("4", "/proc/sys/net/ipv4/ip_forward"),
    ...(facts.ipv6 ? [routers] : []),
    ...(facts.ipv6 && withIpv6 ? [forward("6", "/proc/sys/net/ipv6/conf/all/forwarding")] : []),
  ];
}
