import type { RuntimeSpec } from "../oci/index.ts";

/** The id on the host of the user that the process runs as: its pipes belong to it, so that /dev/stdout can be opened. */
export function payloadOwner({ process: { user }, linux }: RuntimeSpec): number {
  const mapped = linux.uidMappings?.find(
    ({ containerID, size }) => user.uid >= containerID && user.uid < containerID + size,
  );
  return mapped === undefined ? user.uid : mapped.hostID + user.uid - mapped.containerID;
}
