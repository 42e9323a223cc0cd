/*
 * Somebody else's table may drop what passes through this host, and brig cannot overrule it: a packet is passed on only
 * when every table lets it through. Here the ruleset of nft is read to find out which one does not.
 */

/** A chain whose policy drops what no rule of it accepts. */
export interface BlockingChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** The bridges that it drops packets of. */
  readonly bridges: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly drops: boolean;
}

interface Rule {
  readonly key: string;
  readonly expr: readonly Fields[];
}

const maxDepth = 8;

/**
 * The chains of other tables that drop what goes into or out of one of these bridges. `ruleset` is what
 * `nft -j list ruleset` printed. A rule counts as accepting only if it asks for nothing but interfaces. Pure.
 */
export function findBlockingChains(ruleset: unknown, bridges: readonly string[]): readonly BlockingChain[] {
  const objects = objectsOf(ruleset);
  const rules = objects.flatMap(ruleOf);
  return objects
    .flatMap(forwardChainOf)
    .filter(({ drops }) => drops)
    .flatMap(({ family, table, name }) => {
      const passes = (packet: Packet) => accepts(rules, keyOf(family, table, name), packet, 0);
      const blocked = bridges.filter(
        (bridge) => !passes({ iifname: bridge, oifname: "" }) || !passes({ iifname: "", oifname: bridge }),
      );
      return blocked.length === 0 ? [] : [{ family, table, chain: name, bridges: blocked }];
    });
}

/** The interfaces of a packet; `""` is any other one. */
type Packet = Readonly<Record<"iifname" | "oifname", string>>;

function accepts(rules: readonly Rule[], key: string, packet: Packet, depth: number): boolean {
  if (depth > maxDepth) return false;
  const [family = "", table = ""] = key.split("\n");
  for (const { expr } of rules.filter((rule) => rule.key === key)) {
    if (!expr.every((part) => fits(part, packet))) continue;
    if (expr.some((part) => "accept" in part)) return true;
    if (expr.some((part) => "drop" in part || "reject" in part)) return false;
    const target = expr.map(targetOf).find((name) => name !== undefined);
    if (target !== undefined && accepts(rules, keyOf(family, table, target), packet, depth + 1)) return true;
  }
  return false;
}

/** Whether a part of a rule holds for every packet between these interfaces. */
function fits(part: Fields, packet: Packet): boolean {
  if (
    ["counter", "accept", "drop", "reject", "return", "jump", "goto", "log", "comment"].some((word) => word in part)
  ) {
    return !("return" in part);
  }
  const { match } = part;
  if (!isFields(match) || match.op !== "==" || !isFields(match.left) || !isFields(match.left.meta)) return false;
  const key = match.left.meta.key;
  const name = match.right;
  if ((key !== "iifname" && key !== "oifname") || typeof name !== "string") return false;
  return name.endsWith("*") ? packet[key].startsWith(name.slice(0, -1)) : packet[key] === name;
}

function targetOf(part: Fields): string | undefined {
  const jump = part.jump ?? part.goto;
  return isFields(jump) && typeof jump.target === "string" ? jump.target : undefined;
}

function objectsOf(ruleset: unknown): readonly Fields[] {
  const list = isFields(ruleset) ? ruleset.nftables : undefined;
  return Array.isArray(list) ? list.filter(isFields) : [];
}

function forwardChainOf({ chain }: Fields): readonly Chain[] {
  if (!isFields(chain) || chain.hook !== "forward" || chain.type !== "filter") return [];
  const { family, table, name, policy } = chain;
  if (typeof family !== "string" || typeof table !== "string" || typeof name !== "string") return [];
  if (!["ip", "ip6", "inet"].includes(family) || table === "brig") return [];
  return [{ family, table, name, drops: policy === "drop" }];
}

/** The names of all chains in the table of one. */
export function chainNames(
  ruleset: unknown,
  { family, table }: Pick<BlockingChain, "family" | "table">,
): readonly string[] {
  return objectsOf(ruleset).flatMap(({ chain }) =>
    isFields(chain) && chain.family === family && chain.table === table ? [String(chain.name)] : [],
  );
}

function ruleOf({ rule }: Fields): readonly Rule[] {
  if (!isFields(rule) || !Array.isArray(rule.expr)) return [];
  const { family, table, chain, expr } = rule;
  return [
    {
      key: keyOf(String(family), String(table), String(chain)),
      expr: expr.map((part) => (isFields(part) ? part : { unknown: true })),
    },
  ];
}

function keyOf(family: string, table: string, chain: string): string {
  return [family, table, chain].join("\n");
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
