import { existsSync } from "node:fs";
import { findTool, lookForTool, type NetworkFacts } from "../../network/index.ts";

/** @throws EngineError `notOffered` when a program is not installed. */
export function readNetworkFacts(): NetworkFacts {
  const stdbuf = lookForTool("stdbuf");
  return {
    tools: {
      ip: findTool("ip"),
      nft: findTool("nft"),
      tc: findTool("tc"),
      ...(stdbuf === undefined ? {} : { stdbuf }),
    },
    ipv6: existsSync("/proc/sys/net/ipv6"),
  };
}
