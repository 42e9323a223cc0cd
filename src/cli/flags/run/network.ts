import {
  parseAddHost,
  parseDnsOption,
  parseDnsSearch,
  parseDnsServer,
  parseDomainname,
  parseExpose,
  parseHostname,
  parseIp,
  parseIp6,
  parseLink,
  parseMacAddress,
  parseNetwork,
  parseNetworkAlias,
  parsePublish,
} from "../../../container/index.ts";
import type { Flag } from "../flag.ts";
import { each, eachOf, onOff, option, type RunDraft } from "../runDraft.ts";

const noNetworksYet = "this release has the networks none and host only";

function checkedLink(text: string): string {
  parseLink(text);
  return text;
}

/** Names and networks. */
export const networkFlags: readonly Flag<RunDraft>[] = [
  {
    long: "add-host",
    value: "list",
    repeatable: true,
    text: "line for /etc/hosts (name:address)",
    read: each("addHosts", parseAddHost),
  },
  { long: "dns", value: "list", repeatable: true, text: "name server", read: each("dns", parseDnsServer) },
  {
    long: "dns-option",
    value: "list",
    repeatable: true,
    text: "resolver option",
    read: each("dnsOptions", parseDnsOption),
  },
  {
    long: "dns-opt",
    value: "list",
    repeatable: true,
    text: "resolver option",
    hidden: true,
    read: each("dnsOptions", parseDnsOption),
  },
  {
    long: "dns-search",
    value: "list",
    repeatable: true,
    text: "domain to search names in, . for none",
    read: each("dnsSearch", parseDnsSearch),
  },
  { long: "domainname", value: "string", text: "NIS domain name", read: option("domainname", parseDomainname) },
  {
    long: "expose",
    value: "list",
    repeatable: true,
    text: "port that the container listens on",
    read: eachOf("expose", parseExpose),
  },
  { long: "hostname", short: "h", value: "string", text: "host name", read: option("hostname", parseHostname) },
  { long: "ip", value: "string", text: "IPv4 address", read: option("ip", parseIp) },
  { long: "ip6", value: "string", text: "IPv6 address", read: option("ip6", parseIp6) },
  {
    long: "link",
    value: "list",
    repeatable: true,
    text: "make another container known by name (container[:alias])",
    read: each("links", checkedLink),
  },
  { long: "link-local-ip", value: "list", repeatable: true, text: "link-local address", unsupported: noNetworksYet },
  { long: "mac-address", value: "string", text: "Ethernet address", read: option("macAddress", parseMacAddress) },
  {
    long: "network",
    value: "network",
    repeatable: true,
    text: "network to join: none, host, container:NAME or NETWORK[,ip=,ip6=,mac-address=,alias=,gw-priority=,rate=]",
    read: each("networks", parseNetwork),
  },
  {
    long: "net",
    value: "network",
    repeatable: true,
    text: "network to join",
    hidden: true,
    read: each("networks", parseNetwork),
  },
  {
    long: "network-alias",
    value: "list",
    repeatable: true,
    text: "further name on the network",
    read: each("networkAliases", parseNetworkAlias),
  },
  {
    long: "net-alias",
    value: "list",
    repeatable: true,
    text: "further name on the network",
    hidden: true,
    read: each("networkAliases", parseNetworkAlias),
  },
  {
    long: "publish",
    short: "p",
    value: "list",
    repeatable: true,
    text: "make a port of the container reachable ([ip:][host:]container)",
    read: eachOf("publish", parsePublish),
  },
  { long: "publish-all", short: "P", text: "publish every exposed port", read: onOff("publishAll") },
];
