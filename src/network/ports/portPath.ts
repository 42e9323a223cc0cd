import type { PublishedPort } from "../containerNetwork.ts";
import { portMaps } from "../ruleset/portMaps.ts";
import { familyOf, isWildcard } from "./addresses.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Where the kernel sends what comes for a published port; undefined when its rules do not know the port. */
export interface Translation {
  /** The chain and the map that decide: `published, address4`. */
  readonly map: string;
  readonly address: string;
  readonly port: number;
}

/** Looks a published port up in what `nft -j list ruleset` printed. Pure. */
export function findTranslation(ruleset: unknown, port: PublishedPort): Translation | undefined {
  const map = portMaps.find(
    ({ family, exact }) => family === familyOf(port.hostIp) && exact !== isWildcard(port.hostIp),
  );
  if (map === undefined) return undefined;
  const key = JSON.stringify([port.protocol, ...(map.exact ? [port.hostIp] : []), port.hostPort]);
  const [address, number] = [map.addresses, map.numbers].map(
    (name) => elementsOf(ruleset, name).find((element) => JSON.stringify(element.key) === key)?.value,
  );
  if (typeof address !== "string" || typeof number !== "number") return undefined;
  return { map: map.addresses, address, port: number };
}

/** The elements of one of brig's maps, of those whose key has several parts. */
export function elementsOf(
  ruleset: unknown,
  name: string,
): readonly { readonly key: readonly unknown[]; readonly value: unknown }[] {
  const objects = isFields(ruleset) && Array.isArray(ruleset.nftables) ? ruleset.nftables.filter(isFields) : [];
  const maps = objects.flatMap(({ map }) => (isFields(map) ? [map] : []));
  const elements = maps.find((map) => map.table === "brig" && map.family === "inet" && map.name === name)?.elem;
  if (!Array.isArray(elements)) return [];
  return elements
    .filter(isPair)
    .flatMap(([from, value]) => (isFields(from) && Array.isArray(from.concat) ? [{ key: from.concat, value }] : []));
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
