import type { StorePart } from "../image/index.ts";
import { imageStore } from "./imageMembers.ts";
import type { Places } from "./places.ts";
import { registryAccess } from "./registryAccess.ts";

/**
 * Brings a damaged blob again, by the configuration of registries. Who asks for a repair waits for it: a registry that
 * does not answer is told soon.
 *
 * @throws EngineError those of `refetchPart`.
 */
export async function refetch(part: StorePart, places: Places): Promise<void> {
  const { refetchPart } = await import("../image/index.ts");
  const registry = { ...(await registryAccess(places)), retries: { attempts: 2 } };
  await refetchPart({ store: await imageStore(places), part, registry });
}
