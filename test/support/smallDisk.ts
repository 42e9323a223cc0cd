import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./programs.ts";

/** A file system of a given size, mounted at `directory`, that can be filled up to its last block. */
export interface SmallDisk {
  readonly directory: string;
  /** Takes all the room that is left, but for about `spareBytes` that a file may still have. */
  fill(spareBytes?: number): void;
  /** Gives it back. */
  free(): void;
  /** Idempotent. */
  unmount(): Promise<void>;
}

/** Makes an ext4 in a file below `parent` and mounts it. The caller ends with `unmount`. */
export async function mountSmallDisk(parent: string, sizeBytes: number): Promise<SmallDisk> {
  const image = join(parent, "small.img");
  const directory = join(parent, "small");
  mkdirSync(directory);
  const file = openSync(image, "w");
  ftruncateSync(file, sizeBytes);
  closeSync(file);
  await runTool("mkfs.ext4", ["-q", "-m", "0", image]);
  await runTool("mount", ["-o", "loop", image, directory]);
  const fillers = ["large", "small"].map((name) => join(directory, `.filler-${name}`));
  let mounted = true;
  return {
    directory,
    fill: (spareBytes = 0) => {
      for (const [index, path] of fillers.entries()) fillWith(path, index === 0 ? 1 << 20 : 512);
      const [large = ""] = fillers;
      truncateSync(large, Math.max(0, statSync(large).size - spareBytes));
    },
    free: () => {
      for (const path of fillers) rmSync(path, { force: true });
    },
    unmount: async () => {
      if (!mounted) return;
      await runTool("umount", [directory]);
      mounted = false;
      rmSync(image);
    },
  };
}

function fillWith(path: string, pieceBytes: number): void {
  const file = openSync(path, "a");
  try {
    for (;;) writeSync(file, Buffer.alloc(pieceBytes));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  } finally {
    closeSync(file);
  }
}
