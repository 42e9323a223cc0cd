import type { NetworkDetails } from "../../container/index.ts";
import type { ListRow, ListShape } from "./listFormat.ts";

export const networkList: ListShape = {
  headings: new Map([
    ["CreatedAt", "CREATED AT"],
    ["Driver", "DRIVER"],
    ["ID", "NETWORK ID"],
    ["IPv4", "IPV4"],
    ["IPv6", "IPV6"],
    ["Internal", "INTERNAL"],
    ["Labels", "LABELS"],
    ["Name", "NAME"],
    ["Scope", "SCOPE"],
  ]),
  columns: ["ID", "Name", "Driver", "Scope"],
};

/** The fields of one line of `network ls`. */
export function networkRow(network: NetworkDetails, ids: "short" | "whole"): ListRow {
  const { Created, Driver, Id, EnableIPv4, EnableIPv6, Internal, Labels, Name, Scope } = network;
  const labels = Object.entries(Labels).map(([key, value]) => `${key}=${value}`);
  return new Map([
    ["CreatedAt", Created.replace("T", " ").replace("Z", " +0000 UTC")],
    ["Driver", Driver],
    ["ID", ids === "whole" ? Id : Id.slice(0, 12)],
    ["IPv4", String(EnableIPv4)],
    ["IPv6", String(EnableIPv6)],
    ["Internal", String(Internal)],
    ["Labels", labels.join(",")],
    ["Name", Name],
    ["Scope", Scope],
  ]);
}
