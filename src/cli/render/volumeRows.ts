import type { VolumeDetails } from "../../container/index.ts";
import type { ListRow, ListShape } from "./listFormat.ts";

export const volumeList: ListShape = {
  headings: new Map([
    ["Availability", "AVAILABILITY"],
    ["Driver", "DRIVER"],
    ["Group", "GROUP"],
    ["Labels", "LABELS"],
    ["Links", "LINKS"],
    ["Mountpoint", "MOUNTPOINT"],
    ["Name", "VOLUME NAME"],
    ["Scope", "SCOPE"],
    ["Size", "SIZE"],
    ["Status", "STATUS"],
  ]),
  columns: ["Driver", "Name"],
};

/** The fields of one line of `volume ls`; what only clusters and `system df` know is `N/A`, as Docker prints it. */
export function volumeRow({ Name, Driver, Scope, Mountpoint, Labels }: VolumeDetails): ListRow {
  const unknown = "N/A";
  return new Map([
    ["Availability", unknown],
    ["Driver", Driver],
    ["Group", unknown],
    [
      "Labels",
      Object.entries(Labels ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(","),
    ],
    ["Links", unknown],
    ["Mountpoint", Mountpoint],
    ["Name", Name],
    ["Scope", Scope],
    ["Size", unknown],
    ["Status", unknown],
  ]);
}
