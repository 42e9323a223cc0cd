import { type FSWatcher, watch } from "node:fs";

/** Waits for something to happen in a directory. The caller closes it. */
export interface ChangeWatch {
  /** Resolves after a change since the last call, after `mostMs`, or when the signal fires. */
  wait(mostMs: number): Promise<void>;
  close(): void;
}

/**
 * Watches a directory (inotify(7)). A host whose inotify instances are used up, or a directory that is gone, makes
 * `wait` a plain pause: who calls it looks again anyway.
 */
export function watchChanges(directory: string, signal: AbortSignal | undefined): ChangeWatch {
  let changed = false;
  let wake = (): void => undefined;
  const onChange = (): void => {
    changed = true;
    wake();
  };
  const watcher = openWatcher(directory, onChange);
  signal?.addEventListener("abort", onChange);
  return {
    wait: (mostMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => wake(), mostMs);
        wake = () => {
          clearTimeout(timer);
          wake = () => undefined;
          changed = false;
          resolve();
        };
        if (changed || signal?.aborted === true) wake();
      }),
    close() {
      watcher?.close();
      signal?.removeEventListener("abort", onChange);
    },
  };
}

function openWatcher(directory: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, onChange);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined; // EMFILE, ENOSPC, ENOENT: see above
  }
}
