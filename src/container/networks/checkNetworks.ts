import type { CheckScene, Finding } from "../check/finding.ts";

/** What the kernel has of networks, against the records; and what removals that were killed have left. */
export async function networksInKernel(scene: CheckScene): Promise<readonly Finding[]> {
  const { findNetworkFindings } = await import("./networkFindings.ts");
  return findNetworkFindings(scene);
}

/** Addresses that are kept for containers that are not there. */
export async function staleLeases(scene: CheckScene): Promise<readonly Finding[]> {
  const { findStaleLeases } = await import("./staleLeases.ts");
  return findStaleLeases(scene);
}
