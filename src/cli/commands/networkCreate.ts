import { EngineError } from "../../base/index.ts";
import { parseLabel } from "../../container/index.ts";
import { defineCommand } from "../command.ts";
import type { Outcome } from "../context.ts";
import type { Flag, Help } from "../flags/flag.ts";
import { helpFlag, switchInto, textInto } from "../flags/sharedFlags.ts";

interface NetworkCreateDraft extends Help {
  driver?: string;
  internal?: boolean;
  ipv4?: boolean;
  ipv6?: boolean;
  attachable?: boolean;
  readonly subnets: string[];
  readonly gateways: string[];
  readonly ipRanges: string[];
  readonly auxAddresses: Map<string, string>;
  readonly options: Map<string, string>;
  readonly labels: Map<string, string>;
}

const swarm = "brig has no clusters";

const flags: readonly Flag<NetworkCreateDraft>[] = [
  {
    long: "attachable",
    text: "containers may be connected by hand (always so)",
    read: switchInto<NetworkCreateDraft>("attachable"),
  },
  {
    long: "aux-address",
    value: "map",
    repeatable: true,
    text: "address that no container gets (NAME=ADDRESS)",
    read: (draft, text) => {
      draft.auxAddresses.set(...parsePair(text, "aux-address"));
    },
  },
  { long: "config-from", value: "string", text: "network to copy the configuration from", unsupported: swarm },
  { long: "config-only", text: "keep a configuration only", unsupported: swarm },
  {
    long: "driver",
    short: "d",
    value: "string",
    text: "what it is made of: bridge, macvlan or ipvlan",
    fallback: "bridge",
    read: textInto<NetworkCreateDraft>("driver"),
  },
  {
    long: "gateway",
    value: "strings",
    repeatable: true,
    text: "address of the host in the subnet",
    read: (draft, text) => {
      draft.gateways.push(text);
    },
  },
  helpFlag,
  { long: "ingress", text: "ingress network of a cluster", unsupported: swarm },
  { long: "internal", text: "nothing leads out of it or in", read: switchInto<NetworkCreateDraft>("internal") },
  {
    long: "ip-range",
    value: "strings",
    repeatable: true,
    text: "part of the subnet from which containers get addresses",
    read: (draft, text) => {
      draft.ipRanges.push(text);
    },
  },
  {
    long: "ipam-driver",
    value: "string",
    text: "who gives addresses",
    fallback: "default",
    read: (_draft, text) => {
      if (text === "default") return;
      throw new EngineError("notOffered", `cannot use the address driver ${JSON.stringify(text.slice(0, 64))}`, {
        hint: "brig has the driver default",
      });
    },
  },
  {
    long: "ipam-opt",
    value: "map",
    text: "option of the address driver",
    unsupported: "the driver default has no options",
  },
  { long: "ipv4", text: "with IPv4, as without this flag", read: switchInto<NetworkCreateDraft>("ipv4") },
  { long: "ipv6", text: "with IPv6", read: switchInto<NetworkCreateDraft>("ipv6") },
  {
    long: "label",
    value: "list",
    repeatable: true,
    text: "metadata of the network (KEY=VALUE)",
    read: (draft, text) => {
      draft.labels.set(...parseLabel(text));
    },
  },
  {
    long: "opt",
    short: "o",
    value: "map",
    repeatable: true,
    text: "option of the driver (com.docker.network.driver.mtu=, parent=, ipvlan_mode=, ...)",
    read: (draft, text) => {
      draft.options.set(...parsePair(text, "opt"));
    },
  },
  { long: "scope", value: "string", text: "how far it reaches in a cluster", unsupported: swarm },
  {
    long: "subnet",
    value: "strings",
    repeatable: true,
    text: "subnet (10.1.0.0/24); a free one is chosen without",
    read: (draft, text) => {
      draft.subnets.push(text);
    },
  },
];

export const networkCreateCommand = defineCommand<NetworkCreateDraft>({
  usage: "[OPTIONS] NETWORK",
  arguments: { exactly: 1 },
  flags,
  begin: () => ({
    subnets: [],
    gateways: [],
    ipRanges: [],
    auxAddresses: new Map(),
    options: new Map(),
    labels: new Map(),
  }),
  execute: async ({ draft, args: [name = ""], openEngine }): Promise<Outcome> => {
    const { driver = "bridge", internal = false, ipv6 = false, attachable = false, help: _, ...lists } = draft;
    const request = { ...lists, name, driver, internal, ipv6, attachable };
    const { Id } = await (await openEngine()).createNetwork(request);
    return { output: `${Id}\n` };
  },
});

function parsePair(text: string, flag: string): [name: string, value: string] {
  const equals = text.indexOf("=");
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new EngineError(
    "invalidValue",
    `invalid value ${JSON.stringify(text.slice(0, 100))} of --${flag}: it must be NAME=VALUE`,
  );
}
