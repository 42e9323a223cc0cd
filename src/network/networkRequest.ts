import { EngineError } from "../base/index.ts";
import type { NetworkDriver } from "./networkRecord.ts";

/** What `network create` asks for, in Docker's words. */
export interface NetworkRequest {
  readonly name: string;
  readonly driver: string;
  readonly subnets: readonly string[];
  readonly gateways: readonly string[];
  readonly ipRanges: readonly string[];
  readonly auxAddresses: ReadonlyMap<string, string>;
  readonly internal: boolean;
  readonly ipv6: boolean;
  /** False: no IPv4, only IPv6. */
  readonly ipv4?: boolean;
  readonly attachable: boolean;
  readonly options: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
}

/** Names that stand for something without a record, or for the network that brig makes itself. */
export const predefinedNames: ReadonlySet<string> = new Set(["bridge", "host", "none", "default"]);

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/;

/**
 * The name of a network that is to be made: one directory entry, and a word in any configuration.
 *
 * @throws EngineError `invalidValue`.
 */
export function parseNetworkName(text: string): string {
  if (namePattern.test(text)) return text;
  throw new EngineError("invalidValue", `invalid network name ${JSON.stringify(text.slice(0, 128))}`, {
    hint: "use 1 to 63 letters, digits, dots, hyphens and underscores, the first a letter or digit",
  });
}

/** @throws EngineError `notOffered` for a driver that brig does not have. */
export function parseNetworkDriver(text: string): NetworkDriver {
  if (text === "bridge" || text === "macvlan" || text === "ipvlan") return text;
  if (text === "host" || text === "none" || text === "null") {
    throw new EngineError("invalidValue", `only one instance of "${text}" network is allowed`, {
      hint: `use it as it is: --network ${text === "host" ? "host" : "none"}`,
    });
  }
  throw new EngineError(
    "notOffered",
    `cannot make a network with the driver ${JSON.stringify(text.slice(0, 64))}: there is no such driver`,
    {
      hint: "the drivers are bridge, macvlan and ipvlan",
    },
  );
}

export const mtuOption = "com.docker.network.driver.mtu";
const bridgeName = "com.docker.network.bridge.name";

/** Options of the drivers, each with what its value must look like. */
const knownOptions: Readonly<Record<NetworkDriver, ReadonlyMap<string, RegExp>>> = {
  bridge: new Map([
    [mtuOption, /^\d{1,5}$/],
    [bridgeName, /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,14}$/],
    ["com.docker.network.bridge.enable_icc", /^(?:true|false)$/],
    ["com.docker.network.bridge.enable_ip_masquerade", /^(?:true|false)$/],
    ["com.docker.network.bridge.host_binding_ipv4", /^[0-9.]{7,15}$/],
    ["com.docker.network.container_iface_prefix", /^[a-z]{1,10}$/],
  ]),
  macvlan: new Map([
    [mtuOption, /^\d{1,5}$/],
    ["parent", /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,14}$/],
    ["macvlan_mode", /^(?:bridge|private|vepa|passthru)$/],
  ]),
  ipvlan: new Map([
    [mtuOption, /^\d{1,5}$/],
    ["parent", /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,14}$/],
    ["ipvlan_mode", /^(?:l2|l3|l3s)$/],
  ]),
};

/** @throws EngineError `invalidValue` for a value that an option does not take, `notOffered` for an option that is not known. */
export function checkDriverOptions(driver: NetworkDriver, options: ReadonlyMap<string, string>): void {
  const known = knownOptions[driver];
  for (const [key, value] of options) {
    const pattern = known.get(key);
    if (pattern === undefined) {
      throw new EngineError("notOffered", `the driver ${driver} has no option ${JSON.stringify(key.slice(0, 100))}`, {
        hint: `it has ${[...known.keys()].join(", ")}`,
      });
    }
    if (!pattern.test(value)) {
      throw new EngineError(
        "invalidValue",
        `invalid value ${JSON.stringify(value.slice(0, 100))} of the network option ${key}`,
      );
    }
  }
  const mtu = options.get(mtuOption);
  if (mtu !== undefined && (Number(mtu) < 68 || Number(mtu) > 65535)) {
    throw new EngineError("invalidValue", `invalid MTU ${mtu}: an MTU is 68 to 65535 bytes`, {
      hint: "with IPv6 it must be 1280 at least; most networks have 1500",
    });
  }
}
