import type { HostFacts } from "../../host/index.ts";
import type { PullEvent } from "../../image/index.ts";
import type { Platform } from "../../oci/index.ts";

/** What the container room is given by the engine: places, the host's facts, and a way to get images. */
export interface EngineContext {
  /** The data root. */
  readonly root: string;
  readonly helperPath: string;
  readonly now: () => Date;
  /** This process, which keeps the containers that it runs in the foreground. */
  readonly pid: number;
  readonly probeHost: () => HostFacts;
  readonly pull: (reference: string, platform: Platform | undefined) => AsyncIterable<PullEvent>;
}
