import type { NetworkRecord } from "../networkRecord.ts";
import { addElements, deleteElements, type NftObject, prefix } from "./nftJson.ts";

interface Elements {
  readonly set: string;
  readonly elem: readonly unknown[];
}

/** What one bridge network adds to the sets of the table. Adding it twice changes nothing. */
export function networkRules(record: NetworkRecord): readonly NftObject[] {
  return networkElements(record).map(({ set, elem }) => addElements(set, elem));
}

/** Takes it away again. */
export function networkRulesGone(record: NetworkRecord): readonly NftObject[] {
  return networkElements(record).map(({ set, elem }) => deleteElements(set, elem));
}

/** The elements of one network, by set. */
export function networkElements({ hostInterface, subnets, internal, options }: NetworkRecord): readonly Elements[] {
  const outward = !internal && options["com.docker.network.bridge.enable_ip_masquerade"] !== "false";
  const apart = options["com.docker.network.bridge.enable_icc"] === "false";
  const ofFamily = (family: 4 | 6) =>
    subnets.filter((subnet) => subnet.family === family).map(({ subnet }) => prefix(subnet));
  const all: readonly Elements[] = [
    { set: "bridges", elem: [hostInterface] },
    { set: "within", elem: apart ? [] : [{ concat: [hostInterface, hostInterface] }] },
    { set: "isolated", elem: internal ? [hostInterface] : [] },
    { set: "subnets4", elem: ofFamily(4) },
    { set: "subnets6", elem: ofFamily(6) },
    { set: "outward4", elem: outward ? ofFamily(4) : [] },
    { set: "outward6", elem: outward ? ofFamily(6) : [] },
  ];
  return all.filter(({ elem }) => elem.length > 0);
}
