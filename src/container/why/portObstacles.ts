import { readFileIfExists } from "../../base/index.ts";
import type { Messages } from "../../messages/index.ts";
import { checkForwarding, type PublishedPort } from "../../network/index.ts";

/** Where bridges say that they ask the rules of IPv6 about what passes through them (br_netfilter). */
const bridgeFilter = "/proc/sys/net/bridge/bridge-nf-call-ip6tables";

export interface PortSurroundings {
  /** What `nft -j list ruleset` printed; undefined when nobody could read it. */
  readonly ruleset: unknown;
  readonly bridge: string;
  readonly forwarding: Messages["doctor"]["forwarding"];
  /** What the filter of bridges does to [::1]. */
  readonly bridgeFilterWords: string;
}

/** What outside of brig's own rules keeps packets from a published port, in sentences. */
export function portObstacles({ hostIp }: PublishedPort, surroundings: PortSurroundings): readonly string[] {
  const { ruleset, bridge, forwarding: words, bridgeFilterWords } = surroundings;
  const forwarding = ruleset === undefined ? undefined : checkForwarding({ ruleset, bridges: [bridge] }, words);
  return [
    ...(forwarding?.status === "warn" ? [`${forwarding.found}: ${forwarding.advice}`] : []),
    ...((hostIp === "::" || hostIp === "::1") && readFileIfExists(bridgeFilter)?.trim() === "1"
      ? [
          // The answer has ::1 for its destination before the kernel has taken it in, and is dropped (ip6_rcv_core).
          bridgeFilterWords,
        ]
      : []),
  ];
}
