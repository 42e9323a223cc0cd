import type { Flag } from "./flag.ts";
import { isolationFlags } from "./run/isolation.ts";
import { lifecycleFlags } from "./run/lifecycle.ts";
import { limitFlags } from "./run/limits.ts";
import { networkFlags } from "./run/network.ts";
import { processFlags } from "./run/process.ts";
import { storageFlags } from "./run/storage.ts";
import type { RunDraft } from "./runDraft.ts";

/** Every flag of `run`. */
export const runFlags: readonly Flag<RunDraft>[] = [
  ...processFlags,
  ...storageFlags,
  ...limitFlags,
  ...isolationFlags,
  ...networkFlags,
  ...lifecycleFlags,
];
