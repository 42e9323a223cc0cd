/** One command or object of nft's JSON (libnftables-json(5)). Values never become program text. */
export type NftObject = Readonly<Record<string, unknown>>;

export const nftTable = { family: "inet", table: "brig" } as const;

/** The input of `nft -j -f -`: one transaction. */
export function nftDocument(commands: readonly NftObject[]): string {
  return JSON.stringify({ nftables: commands });
}

export function addTable(): NftObject {
  return { add: { table: { family: nftTable.family, name: nftTable.table } } };
}

export function addSet(name: string, type: string | readonly string[], flags: readonly string[] = []): NftObject {
  return { add: { set: { ...nftTable, name, type, ...(flags.length === 0 ? {} : { flags }) } } };
}

export function addElements(name: string, elem: readonly unknown[]): NftObject {
  return { add: { element: { ...nftTable, name, elem } } };
}

export function deleteElements(name: string, elem: readonly unknown[]): NftObject {
  return { delete: { element: { ...nftTable, name, elem } } };
}

export interface ChainHook {
  readonly type: "filter" | "nat";
  readonly hook: "prerouting" | "input" | "forward" | "output" | "postrouting";
  readonly priority: number;
}

/** A base chain, empty whether or not it existed. */
export function emptyChain(name: string, { type, hook, priority }: ChainHook): readonly NftObject[] {
  const chain = { ...nftTable, name };
  return [{ add: { chain: { ...chain, type, hook, prio: priority, policy: "accept" } } }, { flush: { chain } }];
}

export function addRule(chain: string, comment: string, expr: readonly NftObject[]): NftObject {
  return { add: { rule: { ...nftTable, chain, comment, expr } } };
}

export function matches(left: unknown, right: unknown, op: "==" | "!=" | "in" = "=="): NftObject {
  return { match: { op, left, right } };
}

export function meta(key: string): NftObject {
  return { meta: { key } };
}

export function prefix(subnet: string): NftObject {
  const [addr, length] = subnet.split("/");
  return { prefix: { addr, len: Number(length) } };
}
