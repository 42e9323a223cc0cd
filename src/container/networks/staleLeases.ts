import { join } from "node:path";
import { holderOf, listLeases, listNetworkRecords, networkDirectory, releaseLease } from "../../network/index.ts";
import type { CheckScene, Finding } from "../check/finding.ts";
import { isAccountedFor } from "../check/traces.ts";

/** They are free for the next container anyway; here they go. */
export function findStaleLeases({ root }: CheckScene): readonly Finding[] {
  return listNetworkRecords(root).flatMap(({ name }) =>
    listLeases(root, name).flatMap((address) => {
      const containerId = holderOf(root, name, address);
      if (containerId === undefined || isAccountedFor(root, containerId)) return [];
      const sentence = `the address is kept for the container ${containerId.slice(0, 12)}, which is not there`;
      const apply = () => releaseLease(root, name, { address, containerId });
      return [
        {
          object: join(networkDirectory(root, name), "leases", address),
          sentence,
          repair: { does: "makes the address free", apply },
        },
      ];
    }),
  );
}
