import type { HostFacts } from "../../host/index.ts";
import type { PullEvent, StorePart } from "../../image/index.ts";
import type { LaunchPlan } from "../../launch/index.ts";
import type { IdPool } from "../../namespaces/index.ts";
import type { Platform } from "../../oci/index.ts";

/** What the container room is given by the engine: places, the host's facts, and a way to get images. */
export interface EngineContext {
  /** The data root. */
  readonly root: string;
  /** The run-time root. */
  readonly runRoot: string;
  readonly helperPath: string;
  /** The program and its first arguments that end what a container leaves, when no one waits for it: `... ID` follows. */
  readonly cleanup?: readonly string[];
  /** Where containers get their ids; the machine's pools when left out. */
  readonly idPool?: IdPool;
  /** What makes another plan of the one that a container would be started with. */
  readonly alterPlan?: (plan: LaunchPlan) => LaunchPlan;
  /** Of the default network when it is made; a free one of the pool when left out. */
  readonly defaultSubnet?: string;
  readonly now: () => Date;
  /** This process, which keeps the containers that it runs in the foreground. */
  readonly pid: number;
  readonly probeHost: () => HostFacts;
  readonly pull: (reference: string, platform: Platform | undefined) => AsyncIterable<PullEvent>;
  /** Brings a damaged blob of an image again from where the image came from. */
  readonly refetch: (part: StorePart) => Promise<void>;
}
