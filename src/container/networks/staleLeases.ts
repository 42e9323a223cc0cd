import { join } from "node:path";
import { EngineError, withLock } from "../../base/index.ts";
import {
  holderOf,
  listLeases,
  listNetworkRecords,
  networkDirectory,
  readContainerNetwork,
  releaseLease,
} from "../../network/index.ts";
import type { CheckScene, Finding } from "../check/finding.ts";
import { isAccountedFor } from "../check/traces.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { isPending } from "../state/pending.ts";

interface Lease {
  readonly network: string;
  readonly address: string;
  readonly containerId: string;
}

/** Those of containers that are gone are free for the next one anyway; here they go, and those that a killed command took. */
export function findStaleLeases({ root }: CheckScene): readonly Finding[] {
  return listNetworkRecords(root).flatMap(({ name: network }) =>
    listLeases(root, network).flatMap((address) => {
      const containerId = holderOf(root, network, address);
      return containerId === undefined ? [] : leaseFindings(root, { network, address, containerId });
    }),
  );
}

function leaseFindings(root: string, lease: Lease): readonly Finding[] {
  const { network, address, containerId } = lease;
  const object = join(networkDirectory(root, network), "leases", address);
  const kept = `the address is kept for the container ${containerId.slice(0, 12)}, which`;
  const release = () => releaseLease(root, network, lease);
  if (!isAccountedFor(root, containerId)) {
    return [{ object, sentence: `${kept} is not there`, repair: { does: "makes the address free", apply: release } }];
  }
  if (!isUnused(root, lease)) return [];
  // Under the lock nobody is connecting it.
  const apply = () =>
    withLock(join(containerPaths(root, containerId).directory, "network.lock"), { mode: "exclusive" }, () => {
      if (isUnused(root, lease)) release();
    });
  return [{ object, sentence: `${kept} does not have it`, repair: { does: "makes the address free", apply } }];
}

/** Whether a container that is whole has another address, or none, in a network. */
function isUnused(root: string, { network, address, containerId }: Lease): boolean {
  if (isPending(root, containerId)) return false;
  try {
    const { endpoints } = readContainerNetwork(containerPaths(root, containerId).directory);
    const own = endpoints.filter((endpoint) => endpoint.network === network);
    return !own.some(({ ipv4, ipv6 }) => ipv4?.address === address || ipv6?.address === address);
  } catch (error) {
    if (error instanceof EngineError && error.code === "storeCorrupt") return false; // another check says so
    throw error;
  }
}
