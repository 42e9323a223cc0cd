import type { BlockingChain } from "./blockingChains.ts";

/** What lets the traffic of brig's bridges pass, in the words of whoever owns the table. One line. Pure. */
export function forwardAdvice(
  { family, table, chain, bridges: [bridge = ""] }: BlockingChain,
  chains: readonly string[],
): string {
  if (table === "firewalld")
    return `firewall-cmd --permanent --zone=trusted --add-interface=${bridge} && firewall-cmd --reload`;
  if (table === "filter" && (family === "ip" || family === "ip6")) {
    if (chains.includes("ufw-user-forward"))
      return `ufw route allow in on ${bridge} && ufw route allow out on ${bridge}`;
    const program = family === "ip" ? "iptables" : "ip6tables";
    const into = chains.includes("DOCKER-USER") ? "DOCKER-USER" : chain;
    return `${program} -I ${into} -i ${bridge} -j ACCEPT && ${program} -I ${into} -o ${bridge} -j ACCEPT`;
  }
  const insert = `nft insert rule ${family} ${table} ${chain}`;
  return `${insert} iifname ${bridge} accept && ${insert} oifname ${bridge} accept`;
}
