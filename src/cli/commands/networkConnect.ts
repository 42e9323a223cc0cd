import { bareChoice, parseIp, parseIp6, parseMacAddress, parseNetworkAlias, parseRate } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto } from "../flags/sharedFlags.ts";

interface ConnectDraft extends Help {
  ipv4?: string;
  ipv6?: string;
  mac?: string;
  gatewayPriority?: number;
  rateBits?: number;
  readonly aliases: string[];
  readonly links: string[];
}

const flags: readonly Flag<ConnectDraft>[] = [
  {
    long: "alias",
    value: "strings",
    repeatable: true,
    text: "further name of the container on the network",
    read: (draft, text) => {
      draft.aliases.push(parseNetworkAlias(text));
    },
  },
  {
    long: "driver-opt",
    value: "strings",
    text: "option of the driver",
    unsupported: "the drivers have none for one container",
  },
  {
    long: "gw-priority",
    value: "int",
    text: "the network with the highest one has the default route",
    read: (draft, text) => {
      draft.gatewayPriority = Number(text);
    },
  },
  helpFlag,
  {
    long: "ip",
    value: "ip",
    text: "IPv4 address",
    read: (draft, text) => {
      draft.ipv4 = parseIp(text);
    },
  },
  {
    long: "ip6",
    value: "ip",
    text: "IPv6 address",
    read: (draft, text) => {
      draft.ipv6 = parseIp6(text);
    },
  },
  {
    long: "link",
    value: "list",
    repeatable: true,
    text: "another container's further name (NAME[:ALIAS])",
    read: (draft, text) => {
      draft.links.push(text);
    },
  },
  { long: "link-local-ip", value: "strings", text: "link-local address", unsupported: "the kernel gives them" },
  {
    long: "mac-address",
    value: "string",
    text: "Ethernet address",
    read: (draft, text) => {
      draft.mac = parseMacAddress(text);
    },
  },
  {
    long: "rate",
    value: "string",
    text: "most bits a second in each direction (10mbit)",
    read: (draft, text) => {
      draft.rateBits = parseRate(text);
    },
  },
];

export const networkConnectCommand = defineCommand<ConnectDraft>({
  usage: "[OPTIONS] NETWORK CONTAINER",
  arguments: { exactly: 2 },
  flags,
  begin: () => ({ aliases: [], links: [] }),
  execute: async ({ draft, args: [network = "", container = ""], openEngine }): Promise<Outcome> => {
    const { help: _, ...wishes } = draft;
    await (await openEngine()).connectNetwork({ container, choice: { ...bareChoice(network), ...wishes } });
    return {};
  },
});

interface DisconnectDraft extends Help {
  force?: boolean;
}

export const networkDisconnectCommand = defineCommand<DisconnectDraft>({
  usage: "[OPTIONS] NETWORK CONTAINER",
  arguments: { exactly: 2 },
  flags: [
    { long: "force", short: "f", text: "also from a network that is gone", read: switchInto<DisconnectDraft>("force") },
    helpFlag,
  ],
  begin: () => ({}),
  execute: async ({ draft: { force = false }, args: [network = "", container = ""], openEngine }): Promise<Outcome> => {
    await (await openEngine()).disconnectNetwork({ network, container, force });
    return {};
  },
});
