import { readFileIfExists } from "../../base/index.ts";
import { parseAddress } from "./ipAddress.ts";
import { type Subnet, subnetOf } from "./subnet.ts";

/** A route of the host's network namespace, other than a default route. */
export interface HostRoute {
  readonly subnet: Subnet;
  readonly device: string;
  /** Without a gateway: the host has an address in the subnet itself. */
  readonly direct: boolean;
}

const maxRoutes = 100_000;

/** The routes of the caller's network namespace. */
export function readHostRoutes(proc = "/proc/self/net"): readonly HostRoute[] {
  return [
    ...parseRoutes4(readFileIfExists(`${proc}/route`) ?? ""),
    ...parseRoutes6(readFileIfExists(`${proc}/ipv6_route`) ?? ""),
  ];
}

/** net/ipv4/fib_trie.c, fib_route_seq_show(): numbers are the memory of a big-endian word, so the bytes are reversed. */
export function parseRoutes4(text: string): readonly HostRoute[] {
  return text
    .split("\n", maxRoutes)
    .slice(1)
    .flatMap((line) => {
      const [device = "", destination = "", gateway = "", , , , , mask = ""] = line.split(/\s+/);
      if (!/^[0-9A-F]{8}$/.test(destination) || !/^[0-9A-F]{8}$/.test(mask)) return [];
      const length = swapped(mask).toString(2).replaceAll("0", "").length;
      if (length === 0) return [];
      const subnet = subnetOf({ family: 4, value: swapped(destination) }, length);
      return [{ subnet, device, direct: gateway === "00000000" }];
    });
}

function swapped(hex: string): bigint {
  return BigInt(`0x${hex.slice(6, 8)}${hex.slice(4, 6)}${hex.slice(2, 4)}${hex.slice(0, 2)}`);
}

/** net/ipv6/route.c, rt6_info_route(). Link-local, multicast and loopback routes say nothing about subnets. */
export function parseRoutes6(text: string): readonly HostRoute[] {
  return text.split("\n", maxRoutes).flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [destination = "", length = "", , , gateway = ""] = words;
    const device = words.at(-1) ?? "";
    if (!/^[0-9a-f]{32}$/.test(destination) || device === "lo" || /^(fe8|ff)/.test(destination)) return [];
    const bits = Number.parseInt(length, 16);
    const address = parseAddress(destination.replace(/(.{4})(?=.)/g, "$1:"));
    if (address === undefined || bits === 0) return [];
    return [{ subnet: subnetOf(address, bits), device, direct: /^0*$/.test(gateway) }];
  });
}
