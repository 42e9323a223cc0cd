import {
  parseAddHost,
  parseDnsOption,
  parseDnsSearch,
  parseDnsServer,
  parseDomainname,
  parseHostname,
  parseNetwork,
} from "../../../container/index.ts";
import type { Flag } from "../flag.ts";
import { each, option, type RunDraft } from "../runDraft.ts";

const noNetworksYet = "this release has the networks none and host only";

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
    unsupported: noNetworksYet,
  },
  { long: "hostname", short: "h", value: "string", text: "host name", read: option("hostname", parseHostname) },
  { long: "ip", value: "string", text: "IPv4 address", unsupported: noNetworksYet },
  { long: "ip6", value: "string", text: "IPv6 address", unsupported: noNetworksYet },
  {
    long: "link",
    value: "list",
    repeatable: true,
    text: "make another container known by name",
    unsupported: noNetworksYet,
  },
  { long: "link-local-ip", value: "list", repeatable: true, text: "link-local address", unsupported: noNetworksYet },
  { long: "mac-address", value: "string", text: "Ethernet address", unsupported: noNetworksYet },
  { long: "network", value: "network", text: "network to join: none or host", read: option("network", parseNetwork) },
  { long: "net", value: "network", text: "network to join", hidden: true, read: option("network", parseNetwork) },
  {
    long: "network-alias",
    value: "list",
    repeatable: true,
    text: "further name on the network",
    unsupported: noNetworksYet,
  },
  {
    long: "net-alias",
    value: "list",
    repeatable: true,
    text: "further name on the network",
    hidden: true,
    unsupported: noNetworksYet,
  },
  {
    long: "publish",
    short: "p",
    value: "list",
    repeatable: true,
    text: "make a port of the container reachable ([ip:][host:]container)",
    unsupported: noNetworksYet,
  },
  { long: "publish-all", short: "P", text: "publish every exposed port", unsupported: noNetworksYet },
];
