import { existsSync } from "node:fs";
import { findTool, type NetworkFacts } from "../../network/index.ts";

/** @throws EngineError `notOffered` when a program is not installed. */
export function readNetworkFacts(): NetworkFacts {
  return {
    tools: { ip: findTool("ip"), nft: findTool("nft"), tc: findTool("tc") },
    ipv6: existsSync("/proc/sys/net/ipv6"),
  };
}
