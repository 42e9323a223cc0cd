import type { DoctorCheck } from "../../host/index.ts";
import type { Messages } from "../../messages/index.ts";
import { chainNames, findBlockingChains } from "./blockingChains.ts";
import { forwardAdvice } from "./forwardAdvice.ts";

interface ForwardingFacts {
  /** What `nft -j list ruleset` printed, undefined when nobody could read it. */
  readonly ruleset: unknown;
  readonly bridges: readonly string[];
}

/** Says which table of somebody else drops what brig's bridges pass on, and how to mend it. Pure. */
export function checkForwarding(
  { ruleset, bridges }: ForwardingFacts,
  words: Messages["doctor"]["forwarding"],
): DoctorCheck {
  const texts = { id: "forwarding", title: words.title } as const;
  if (ruleset === undefined) {
    return { ...texts, status: "warn", found: words.unreadable, advice: words.unreadableAdvice };
  }
  const [first, ...others] = findBlockingChains(ruleset, bridges);
  if (first === undefined) return { ...texts, status: "ok", found: words.good, advice: "" };
  const blocked = {
    chain: `${first.family} ${first.table} ${first.chain}`,
    bridges: first.bridges.join(", "),
    more: others.length,
  };
  return {
    ...texts,
    status: "warn",
    found: others.length === 0 ? words.drops(blocked) : words.dropsAndMore(blocked),
    advice: words.advice({ remedy: forwardAdvice(first, chainNames(ruleset, first)) }),
  };
}
