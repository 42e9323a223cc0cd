import type { ContainerNetwork } from "../containerNetwork.ts";
import type { NetworkRecord } from "../networkRecord.ts";
import type { NetworkStep } from "../networkSteps.ts";
import type { NetworkFacts } from "../planNetwork.ts";
import { nftDocument } from "../ruleset/nftJson.ts";
import { publishElements, type TranslatedPort, unpublishElements } from "../ruleset/portMaps.ts";
import { loopbackRoutes, translatePorts } from "./planPorts.ts";

export interface PublishedChange {
  readonly before: ContainerNetwork;
  readonly after: ContainerNetwork;
  readonly records: readonly NetworkRecord[];
  readonly facts: NetworkFacts;
}

/** What makes the ports of `after` those that are published, in one transaction. What stays is not touched. Pure. */
export function changePublished({ before, after, records, facts }: PublishedChange): readonly NetworkStep[] {
  const [old, wanted] = [translatePorts(before, records), translatePorts(after, records)];
  const [known, kept] = [new Set(old.map(textOf)), new Set(wanted.map(textOf))];
  const commands = [
    ...unpublishElements(old.filter((port) => !kept.has(textOf(port)))),
    ...publishElements(wanted.filter((port) => !known.has(textOf(port)))),
  ];
  if (commands.length === 0) return [];
  return [
    ...loopbackRoutes(after, wanted, records),
    {
      kind: "tool",
      id: "net.ports.change",
      program: facts.tools.nft,
      argv: ["nft", "-j", "-f", "-"],
      input: nftDocument(commands),
      inside: false,
      why: "ports are published and withdrawn while the container runs",
      doc: "nft(8)",
    },
  ];
}

function textOf({ hostIp, hostPort, protocol, containerPort, address }: TranslatedPort): string {
  return `${protocol} ${hostIp} ${hostPort} ${address} ${containerPort}`;
}

/** The documents that `portFiles` names, for these ports. */
export function portDocuments(
  network: ContainerNetwork,
  records: readonly NetworkRecord[],
): { readonly start: string; readonly end: string } {
  const ports = translatePorts(network, records);
  return { start: nftDocument(publishElements(ports)), end: nftDocument(unpublishElements(ports)) };
}
