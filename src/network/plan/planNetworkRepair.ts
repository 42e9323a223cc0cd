import type { Endpoint } from "../containerNetwork.ts";
import type { NetworkRecord } from "../networkRecord.ts";
import type { NetworkStep } from "../networkSteps.ts";
import type { NetworkFacts } from "../planNetwork.ts";
import { gatewayAddresses, planNetworkUp } from "./planNetworkUp.ts";

/**
 * Brings what the kernel has of a bridge network to what its record says, whatever is there: rules again, the bridge when
 * it is missing, its addresses and that it is up.
 */
export function planNetworkRepair(record: NetworkRecord, facts: NetworkFacts): readonly NetworkStep[] {
  const { hostInterface, name } = record;
  const up = planNetworkUp(record, facts).map((step) => {
    if (step.kind !== "tool" || !step.id.endsWith(".rules")) return step;
    const { unless: _, ...always } = step;
    return always;
  });
  const lines = [
    ...gatewayAddresses(record).map((address) => `addr replace ${address}\n`),
    `link set dev ${hostInterface} up\n`,
  ];
  return [
    ...up,
    {
      kind: "tool",
      id: `net.${name}.address`,
      program: facts.tools.ip,
      argv: ["ip", "-batch", "-"],
      input: lines.join(""),
      inside: false,
      why: "the bridge was changed by something else",
    },
  ];
}

/** Connects the host's side of a container's interface, which is there, with its bridge. */
export function planLinkRepair(
  endpoint: Endpoint,
  record: NetworkRecord,
  { tools }: NetworkFacts,
): readonly NetworkStep[] {
  const { hostInterface = "" } = endpoint;
  return [
    {
      kind: "tool",
      id: `net.${record.name}.link`,
      program: tools.ip,
      argv: ["ip", "link", "set", "dev", hostInterface, "master", record.hostInterface, "up"],
      input: "",
      inside: false,
      why: "the interface was taken from its bridge",
    },
  ];
}
