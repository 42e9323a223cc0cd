import type { ContainerId } from "../base/index.ts";
import type { PullEvent } from "../image/index.ts";
import type { JournalVerification, LaunchPlan, StepReport, UnrolledFile } from "../launch/index.ts";
import type { ExposedPort, PublishedPort } from "../network/index.ts";
import type { RuntimeSpec } from "../oci/index.ts";
import type { LiveState } from "./state/liveState.ts";

/** What `run` tells while it works; every member may be left out. */
export interface RunObserver {
  readonly onPull?: (event: PullEvent) => void;
  /** How the container differs from what was asked, one sentence each, before it starts. */
  readonly onNotice?: (notice: string) => void;
  /** Each step of the plan as the helper executed it (`--explain`). */
  readonly onStep?: (report: StepReport) => void;
  /** Asks for the launch to be traced, and hears whether the journal and the kernel agree (`--explain=verify`). */
  readonly onVerified?: (verification: JournalVerification) => void;
}

/** How a container in the foreground ended. */
export interface ExitReport {
  readonly id: ContainerId;
  readonly name: string;
  /** The status for the caller's own exit: that of the process, or 128 and the number of the signal. */
  readonly exitCode: number;
  /** `SIGKILL`, when a signal ended the process. */
  readonly signal?: string;
  readonly oomKilled: boolean;
  readonly removed: boolean;
}

/** A container that has just been made. */
export interface CreatedName {
  readonly id: ContainerId;
  readonly name: string;
}

/** What `run` would do, and the bundle that any OCI runtime can run. */
export interface PlannedRun {
  readonly id: ContainerId;
  readonly plan: LaunchPlan;
  /** The OCI runtime configuration with the sources that `writeBundle` gives it: relative to the bundle. */
  readonly bundleSpec: RuntimeSpec;
  readonly notices: readonly string[];
  /** The texts that brig writes for the container, where the plan looks for them. */
  readonly files: readonly UnrolledFile[];
  /** Writes config.json and the files that it binds into an existing or new directory; `rootfs` is the caller's. */
  writeBundle(directory: string): Promise<void>;
}

/** One container, as lists show it. */
export interface CreatedContainer {
  readonly id: ContainerId;
  readonly name: string;
  /** The reference that the user wrote. */
  readonly image: string;
  /** The digest of the image's configuration. */
  readonly imageId: string;
  readonly command: readonly string[];
  /** RFC 3339, as are the other times. */
  readonly created: string;
  /** `dead`: it ended without anyone there to see how. */
  readonly status: LiveState["status"];
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly exitCode?: number;
  /** How often its monitor has started it again. */
  readonly restarts: number;
  /** How it last ended, or why it could not be started, in one sentence. */
  readonly why?: string;
  readonly health?: "starting" | "healthy" | "unhealthy";
  readonly labels: ReadonlyMap<string, string>;
  /** Host paths and names of volumes. */
  readonly mounts: readonly string[];
  /** How many of them are volumes. */
  readonly localVolumes: number;
  readonly networks: readonly string[];
  /** Ports of the host that lead to it; of one that runs. */
  readonly ports: readonly PublishedPort[];
  /** Ports that it says it listens on, published or not; of one that runs. */
  readonly exposedPorts: readonly ExposedPort[];
  /** Present when it was asked for. */
  readonly size?: { readonly writtenBytes: number; readonly rootBytes: number };
}
