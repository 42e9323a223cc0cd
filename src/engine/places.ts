import { existsSync } from "node:fs";
import { EngineError } from "../base/index.ts";
import type { EngineSettings } from "../engine.ts";
import type { HostFacts } from "../host/index.ts";
import type { Language } from "../messages/index.ts";

/** Settings with every default filled. */
export interface Places {
  readonly settings: EngineSettings;
  readonly root: string;
  readonly runRoot: string;
  readonly helperPath: string;
  readonly language: Language;
}

/** Looks at the host afresh, and asks the kernel what only it can answer unless that was done in this boot. */
export async function probe({ root, runRoot, helperPath }: Places): Promise<HostFacts> {
  const { probeHost, writeFeatureCache } = await import("../host/index.ts");
  const facts = probeHost({ dataRoot: root, runRoot, helperPath });
  if (facts.features !== undefined || facts.effectiveUid !== 0 || !existsSync(helperPath)) return facts;
  const { probeFeatures } = await import("../launch/index.ts");
  const features = await probeFeatures(facts);
  writeFeatureCache(facts, features);
  return { ...facts, features };
}

/** @throws EngineError `notRoot`. */
export function requireRoot({ effectiveUid }: HostFacts, attempt: string): void {
  if (effectiveUid === 0) return;
  throw new EngineError("notRoot", `cannot ${attempt} as a user other than root`, { hint: "use sudo" });
}

/** What the configuration says of the default network. */
export function defaultSubnetOf({ settings }: Places): { readonly defaultSubnet?: string } {
  const subnet = settings.configuration?.network?.defaultSubnet;
  return subnet === undefined ? {} : { defaultSubnet: subnet };
}
