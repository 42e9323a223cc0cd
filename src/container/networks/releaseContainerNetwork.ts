import { existsSync } from "node:fs";
import { join } from "node:path";
import { unlessDamaged } from "../../base/index.ts";
import { executeNetwork } from "../../launch/index.ts";
import {
  type ContainerNetwork,
  changePublished,
  listNetworkRecords,
  networkNames,
  portFiles,
  readContainerNetwork,
  releaseEndpoint,
  releaseLeasesOf,
  releasePorts,
  releasePortsOf,
} from "../../network/index.ts";
import { runDirectory, type StatePlaces } from "../state/liveState.ts";
import { wasStarting } from "../state/startMark.ts";
import { readNetworkFacts } from "./networkFacts.ts";

/** Gives back what a container that is being removed has of its networks. Idempotent. */
export async function releaseContainerNetwork(
  id: string,
  directory: string,
  places: StatePlaces & { readonly helperPath: string },
): Promise<void> {
  // A damaged record must not keep a container from being removed: its leases are free when it is not there any more.
  const network = unlessDamaged(() => readContainerNetwork(directory));
  if (network === undefined) return;
  await withdrawLeft(id, network, places);
  for (const endpoint of network.endpoints) releaseEndpoint(places.root, id, endpoint);
  // Of a container that was connected while it was there, more may be left than it has written down.
  if (existsSync(join(directory, "network.lock"))) releaseUnrecorded(places.root, id);
}

/** Addresses that no record of a container tells of, or whose record is not there. */
export function releaseUnrecorded(root: string, id: string): void {
  releaseLeasesOf(root, networkNames(root), id);
}

/**
 * Ends what the last run of a container that does not run has left: its ports of the host, also those of a command that was killed before it
 * wrote them down, and ports that no monitor has withdrawn (it takes its own record away after that), which would lead
 * to whoever gets the address next.
 */
export async function withdrawLeft(
  id: string,
  network: ContainerNetwork,
  places: StatePlaces & { readonly helperPath: string },
): Promise<void> {
  const run = runDirectory(places.runRoot, id);
  if (wasStarting(places.runRoot, id) || existsSync(portFiles(run).end)) releasePortsOf(places, id);
  else releasePorts({ runRoot: places.runRoot, containerId: id }, network.ports);
  if (network.ports.length === 0 || !existsSync(join(run, "monitor.json"))) return;
  await withdraw(network, places);
}

/** What is not there any more has been withdrawn already, by a reboot for example: a failure changes nothing. */
async function withdraw(
  network: ContainerNetwork,
  { root, helperPath }: StatePlaces & { readonly helperPath: string },
): Promise<void> {
  const records = listNetworkRecords(root);
  const after = { ...network, ports: [] };
  const steps = changePublished({ before: network, after, records, facts: readNetworkFacts() });
  await executeNetwork({ helperPath, steps });
}
