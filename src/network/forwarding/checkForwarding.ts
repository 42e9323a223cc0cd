import type { DoctorCheck } from "../../host/index.ts";
import { chainNames, findBlockingChains } from "./blockingChains.ts";
import { forwardAdvice } from "./forwardAdvice.ts";

const texts = { id: "forwarding", title: "packets of bridges" } as const;

/**
 * Says which table of somebody else drops what brig's bridges pass on, and how to mend it. `ruleset` is what
 * `nft -j list ruleset` printed, undefined when nobody could read it. Pure.
 */
export function checkForwarding(ruleset: unknown, bridges: readonly string[]): DoctorCheck {
  if (ruleset === undefined) {
    return { ...texts, status: "warn", found: "the rules of nft cannot be read", advice: "try: nft -j list ruleset" };
  }
  const [first, ...others] = findBlockingChains(ruleset, bridges);
  if (first === undefined) return { ...texts, status: "ok", found: "no other table drops them", advice: "" };
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return {
    ...texts,
    status: "warn",
    found: `the policy of ${first.family} ${first.table} ${first.chain} drops those of ${first.bridges.join(", ")}${more}`,
    advice: `containers reach nothing outside and published ports are not reached: ${forwardAdvice(first, chainNames(ruleset, first))}`,
  };
}
