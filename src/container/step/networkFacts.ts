/**
 * Interfaces and routes, from what `ip -j addr` and `ip -j route` say (ip(8)). Fields that are not what they should be are
 * left out.
 */
export function describeNetwork(links: unknown, routes: readonly unknown[]): ReadonlyMap<string, string> {
  return new Map([...listOf(links).map(describeLink), ...routes.flatMap(listOf).map(describeRoute)]);
}

type Members = Readonly<Record<string, unknown>>;

function listOf(value: unknown): readonly Members[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is Members => typeof entry === "object" && entry !== null)
    : [];
}

function describeLink(link: Members): readonly [string, string] {
  const flags = Array.isArray(link["flags"]) ? link["flags"] : [];
  const addresses = listOf(link["addr_info"]).map(({ local, prefixlen }) => `${word(local)}/${word(prefixlen)}`);
  const words = [flags.includes("UP") ? "up" : "down", word(link["address"]), ...addresses];
  return [`interface ${word(link["ifname"])}`, words.filter((text) => text !== "").join(" ")];
}

function describeRoute(route: Members): readonly [string, string] {
  const via = word(route["gateway"]);
  return [`route to ${word(route["dst"])} by ${word(route["dev"])}`, via === "" ? "directly" : `via ${via}`];
}

function word(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
