import { EngineError } from "../base/index.ts";
import type { EngineSettings } from "../engine.ts";
import type { HostFacts } from "../host/index.ts";

/** Settings with every default filled. */
export interface Places {
  readonly settings: EngineSettings;
  readonly root: string;
  readonly runRoot: string;
  readonly helperPath: string;
}

/** Looks at the host afresh. */
export async function probe({ root, runRoot, helperPath }: Places): Promise<HostFacts> {
  const { probeHost } = await import("../host/index.ts");
  return probeHost({ dataRoot: root, runRoot, helperPath });
}

/** @throws EngineError `notRoot`. */
export function requireRoot({ effectiveUid }: HostFacts, attempt: string): void {
  if (effectiveUid === 0) return;
  throw new EngineError("notRoot", `cannot ${attempt} as a user other than root`, { hint: "use sudo" });
}
