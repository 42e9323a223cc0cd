import { networksInKernel, staleLeases } from "../networks/checkNetworks.ts";
import { damagedContainers, halfMadeContainers, leftoverContainerFiles } from "./checkContainers.ts";
import { leftoverGroups } from "./checkGroups.ts";
import { changedBlobs, damagedImages, leftoverPartials } from "./checkImages.ts";
import { changedLayers, damagedLayers, leftoverStaging } from "./checkLayers.ts";
import { heldLocks } from "./checkLocks.ts";
import { leftoverMounts } from "./checkMounts.ts";
import { strayMonitors } from "./checkProcesses.ts";
import { staleReservations } from "./checkReservations.ts";
import { leftoverComparisons, lostMonitors, staleRunDirectories } from "./checkRuns.ts";
import { damagedVolumes, leftoverVolumeParts, orphanVolumes } from "./checkVolumes.ts";
import type { Check } from "./finding.ts";

/** What `network check` looks at. */
export const networkChecks: readonly Check[] = [
  { name: "networks", invariant: "I3", find: networksInKernel },
  { name: "leases", invariant: "I4", find: staleLeases },
];

/**
 * Everything that is checked, in the order of the invariants; a kind of thing that brig begins to make outside of its
 * own files gets its check here.
 */
export const checks: readonly Check[] = [
  { name: "mounts", invariant: "I1", find: leftoverMounts },
  { name: "groups", invariant: "I5", find: leftoverGroups },
  { name: "comparisons", invariant: "I5", find: leftoverComparisons },
  { name: "processes", invariant: "I6", find: strayMonitors },
  { name: "locks", invariant: "I7", find: heldLocks },
  { name: "images", invariant: "I8", find: damagedImages },
  { name: "layers", invariant: "I8", find: damagedLayers },
  { name: "containers", invariant: "I8", find: damagedContainers },
  { name: "volumes", invariant: "I8", find: damagedVolumes },
  { name: "staging", invariant: "I9", find: leftoverStaging },
  { name: "downloads", invariant: "I9", find: leftoverPartials },
  { name: "trash", invariant: "I9", find: leftoverContainerFiles },
  { name: "volume-trash", invariant: "I9", find: leftoverVolumeParts },
  { name: "half-made", invariant: "I10", find: halfMadeContainers },
  { name: "reservations", invariant: "I10", find: staleReservations },
  ...networkChecks,
  { name: "monitors", invariant: "I11", find: lostMonitors },
  { name: "run-directories", invariant: "I12", find: staleRunDirectories },
  { name: "orphan-volumes", invariant: "I12", find: orphanVolumes },
];

/** What takes as long as reading everything. */
export const deepChecks: readonly Check[] = [
  { name: "blobs", invariant: "I8", find: changedBlobs },
  { name: "layer-contents", invariant: "I8", find: changedLayers },
];
