import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ContainerRecord } from "../state/containerRecord.ts";

/** Whether a container has interfaces of its own, or had: `none`, `host` and another container's network are known by a word. */
export function hasOwnNetwork({ networks = [] }: Pick<ContainerRecord, "networks">, directory: string): boolean {
  if (networks.length > 0) return networks.every((name) => name !== "none" && name !== "host");
  return existsSync(join(directory, "network.json"));
}
