import type { NetworkFacts } from "../planNetwork.ts";
import { nftTable } from "../ruleset/nftJson.ts";
import { readTool } from "./readTool.ts";

/** What the kernel has of networks, in the caller's network namespace. */
export interface KernelState {
  readonly interfaces: ReadonlyMap<string, KernelInterface>;
  readonly ruleset: KernelRuleset;
}

export interface KernelInterface {
  readonly up: boolean;
  readonly mtu: number;
  /** The bridge that it is a port of. */
  readonly master?: string;
  /** `10.200.0.1/24` */
  readonly addresses: ReadonlySet<string>;
}

/** The table of brig; nothing in it when there is none. */
export interface KernelRuleset {
  /** The elements of each set and map, as JSON texts of the values that nft(8) prints. */
  readonly elements: ReadonlyMap<string, ReadonlySet<string>>;
  /** How many rules each chain has. */
  readonly rules: ReadonlyMap<string, number>;
}

/** Looks with `ip -j` and `nft -j`; changes nothing. */
export async function readKernelState({ tools }: Pick<NetworkFacts, "tools">): Promise<KernelState> {
  const [interfaces, ruleset] = await Promise.all([
    readTool(tools.ip, ["-j", "address"]),
    readTool(tools.nft, ["-j", "list", "table", nftTable.family, nftTable.table]),
  ]);
  return { interfaces: parseInterfaces(interfaces ?? "[]"), ruleset: parseRuleset(ruleset ?? '{"nftables":[]}') };
}

interface IpAddressRow {
  readonly ifname?: string;
  readonly mtu?: number;
  readonly master?: string;
  readonly flags?: readonly string[];
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

/** The output of `ip -j address`. */
export function parseInterfaces(text: string): ReadonlyMap<string, KernelInterface> {
  const rows = JSON.parse(text) as readonly IpAddressRow[]; // iproute2's own words
  return new Map(
    rows.flatMap(({ ifname, mtu = 0, master, flags = [], addr_info = [] }) => {
      if (ifname === undefined) return [];
      const addresses = new Set(addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`));
      return [
        [ifname, { up: flags.includes("UP"), mtu, ...(master === undefined ? {} : { master }), addresses }] as const,
      ];
    }),
  );
}

interface NftRow {
  readonly set?: { readonly name: string; readonly elem?: readonly unknown[] };
  readonly map?: { readonly name: string; readonly elem?: readonly unknown[] };
  readonly rule?: { readonly chain: string };
}

/** The output of `nft -j list table`. */
export function parseRuleset(text: string): KernelRuleset {
  const { nftables } = JSON.parse(text) as { readonly nftables: readonly NftRow[] }; // nftables' own words
  const elements = new Map<string, ReadonlySet<string>>();
  const rules = new Map<string, number>();
  for (const { set, map, rule } of nftables) {
    const holder = set ?? map;
    if (holder !== undefined) elements.set(holder.name, new Set((holder.elem ?? []).map((one) => JSON.stringify(one))));
    if (rule !== undefined) rules.set(rule.chain, (rules.get(rule.chain) ?? 0) + 1);
  }
  return { elements, rules };
}
