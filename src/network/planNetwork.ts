import type { ContainerNetwork } from "./containerNetwork.ts";
import type { NetworkRecord } from "./networkRecord.ts";
import type { NetworkStep, NetworkSteps } from "./networkSteps.ts";
import { insideSettings, planAttachment } from "./plan/planAttachment.ts";
import { planNetworkUp } from "./plan/planNetworkUp.ts";
import { planPorts } from "./ports/planPorts.ts";

/** What decides, beside the container's own choices. */
export interface NetworkFacts {
  /** Absolute paths of the programs. A host may be without `stdbuf`: then the end of a container takes longer. */
  readonly tools: { readonly ip: string; readonly nft: string; readonly tc: string; readonly stdbuf?: string };
  /** Whether the host's kernel has IPv6 switched on at all. */
  readonly ipv6: boolean;
}

export interface NetworkPlanRequest {
  readonly containerId: string;
  readonly network: ContainerNetwork;
  /** The record of every network that has an endpoint here. */
  readonly records: readonly NetworkRecord[];
  readonly facts: NetworkFacts;
  /** The run-time directory of the container. */
  readonly runDirectory: string;
}

/**
 * Decides what is done about the network of one container. Pure. Networks that are up are left alone; interfaces are made,
 * moved and configured with one `ip` on each side; ports are published meanwhile.
 */
export function planNetwork(request: NetworkPlanRequest): NetworkSteps {
  const { network, records, facts } = request;
  const ports = planPorts(request);
  const up: readonly NetworkStep[] = records.flatMap((record) => planNetworkUp(record, facts));
  const links = planAttachment(request);
  // Without ports there is one step for those of later, which is seldom done: not worth a process of its own.
  const few = ports.start.length < 2;
  return {
    up,
    links: few ? [...links, ...ports.start] : links,
    ports: few ? [] : ports.start,
    settings: insideSettings({ network, records, facts }),
    end: ports.end,
  };
}
