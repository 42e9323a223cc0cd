import { isIP } from "node:net";
import { nftTable } from "../ruleset/nftJson.ts";
import { readTool } from "./readTool.ts";

/** A chain of brig's table, as nft(8) prints it. */
export interface ShownChain {
  readonly name: string;
  /** `type filter hook forward priority filter; policy accept;` */
  readonly hook: string;
  readonly rules: readonly string[];
}

/** An element of a set or map of brig's table: `tcp . 8080 : 10.200.0.2`. */
export interface ShownElement {
  readonly set: string;
  readonly element: string;
}

export interface OwnRules {
  readonly chains: readonly ShownChain[];
  readonly elements: readonly ShownElement[];
}

/** What an element is about: a container's interfaces and bridges, its addresses and the subnets that they are in. */
export interface RuleSubject {
  readonly interfaces: readonly string[];
  readonly addresses: readonly string[];
  readonly subnets: readonly string[];
}

/**
 * The rules of brig's table in this network namespace and those of its elements that are about `subject`; undefined when
 * the table is not there or nft cannot be asked.
 */
export async function readOwnRules(nft: string, subject: RuleSubject): Promise<OwnRules | undefined> {
  const table = ["list", "table", nftTable.family, nftTable.table];
  const [text, json] = await Promise.all([readTool(nft, ["-t", ...table]), readTool(nft, ["-j", ...table])]);
  if (text === undefined) return undefined;
  return { chains: parseChains(text), elements: json === undefined ? [] : findElements(json, subject) };
}

/** The chains of what `nft list table` printed: a tab before what belongs to the table, two before what belongs to a chain. */
export function parseChains(text: string): readonly ShownChain[] {
  const chains: { name: string; hook: string; rules: string[] }[] = [];
  let open = false;
  for (const line of text.split("\n")) {
    const name = /^\tchain (\S+) \{$/.exec(line)?.[1];
    if (name !== undefined) chains.push({ name, hook: "", rules: [] });
    open = name !== undefined || (open && line.startsWith("\t\t"));
    const chain = chains.at(-1);
    if (!open || name !== undefined || chain === undefined) continue;
    if (chain.hook === "" && line.startsWith("\t\ttype ")) chain.hook = line.trim();
    else chain.rules.push(line.trim());
  }
  return chains;
}

interface ElementHolder {
  readonly name: string;
  readonly elem?: readonly unknown[];
}

/** Of what `nft -j list table` printed, the elements about a subject. */
export function findElements(json: string, subject: RuleSubject): readonly ShownElement[] {
  const { nftables } = JSON.parse(json) as {
    readonly nftables: readonly { readonly set?: ElementHolder; readonly map?: ElementHolder }[];
  }; // nftables' own words
  const wanted = new Set([...subject.interfaces, ...subject.addresses, ...subject.subnets]);
  const shown = nftables.flatMap(({ set, map }): readonly ShownElement[] => {
    const holder = set ?? map;
    return holder === undefined
      ? []
      : (holder.elem ?? []).map((one) => ({ set: holder.name, element: formatElement(one) }));
  });
  const about = shown.filter(({ element }) => wordsOf(element).some((word) => wanted.has(word)));
  // A published port is an element of two maps with the same key, and only one of them has the address.
  const known = new Set(about);
  const keys = new Set(about.flatMap(({ element }) => keyOf(element) ?? []));
  return shown.filter((one) => known.has(one) || keys.has(keyOf(one.element) ?? ""));
}

/** What stands before the colon of a map's element. */
function keyOf(element: string): string | undefined {
  const colon = element.indexOf(" : ");
  return colon < 0 ? undefined : element.slice(0, colon);
}

interface Fields {
  readonly concat?: readonly unknown[];
  readonly prefix?: { readonly addr: string; readonly len: number };
  readonly elem?: { readonly val: unknown };
}

function formatElement(element: unknown): string {
  if (Array.isArray(element)) return element.map(formatElement).join(" : ");
  if (typeof element !== "object" || element === null) return String(element);
  const { concat, prefix, elem }: Fields = element;
  if (concat !== undefined) return concat.map(formatElement).join(" . ");
  if (prefix !== undefined) return `${prefix.addr}/${prefix.len}`;
  return elem === undefined ? JSON.stringify(element) : formatElement(elem.val);
}

function wordsOf(element: string): readonly string[] {
  return element.split(/ [.:] /).flatMap((word) => (isIP(word) === 0 ? [word] : [word, `${word}/32`, `${word}/128`]));
}
