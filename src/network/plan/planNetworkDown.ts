import type { ContainerNetwork, Endpoint } from "../containerNetwork.ts";
import type { NetworkRecord } from "../networkRecord.ts";
import type { NetworkStep } from "../networkSteps.ts";
import type { NetworkFacts } from "../planNetwork.ts";
import { baseSets } from "../ruleset/baseRules.ts";
import { networkRules, networkRulesGone } from "../ruleset/networkRules.ts";
import { nftDocument } from "../ruleset/nftJson.ts";
import { attachedEndpoints, routeLines } from "./planAttachment.ts";
import { interfaceMark } from "./planNetworkUp.ts";

/**
 * Takes a network away from the kernel, whatever of it is there. What is to be deleted is added first, in the same
 * transaction, so that nothing can be missing.
 */
export function planNetworkDown(record: NetworkRecord, { tools }: NetworkFacts): readonly NetworkStep[] {
  if (record.driver !== "bridge") return [];
  return [
    {
      kind: "tool",
      id: `net.${record.name}.bridge`,
      program: tools.ip,
      argv: ["ip", "link", "del", "dev", record.hostInterface],
      input: "",
      inside: false,
      when: interfaceMark(record.hostInterface),
      why: "the network is removed",
    },
    {
      kind: "tool",
      id: `net.${record.name}.rules`,
      program: tools.nft,
      argv: ["nft", "-j", "-f", "-"],
      input: nftDocument([...baseSets(), ...networkRules(record), ...networkRulesGone(record)]),
      inside: false,
      why: "its rules go after it: there is no moment in which it is open",
    },
  ];
}

export interface DetachmentRequest {
  readonly endpoint: Endpoint;
  /** What the container keeps. */
  readonly left: Pick<ContainerNetwork, "endpoints">;
  readonly records: readonly NetworkRecord[];
  readonly facts: NetworkFacts;
  /** What is to be done: of a disconnect that was killed, the interface may be gone and the routes not. */
  readonly remains: "interface" | "routes";
}

/** Takes an interface away from a running container; the default route goes to the endpoint that is next. */
export function planDetachment({ endpoint, left, records, facts, remains }: DetachmentRequest): readonly NetworkStep[] {
  const routes = routeLines(attachedEndpoints(left, records));
  const lines = [...(remains === "interface" ? [`link del dev ${endpoint.interfaceName}\n`] : []), ...routes];
  if (lines.length === 0) return [];
  return [
    {
      kind: "tool",
      id: `net.${endpoint.network}.detach`,
      program: facts.tools.ip,
      argv: ["ip", "-batch", "-"],
      input: lines.join(""),
      inside: true,
      why: "the container leaves the network",
      doc: "ip-link(8)",
    },
  ];
}
