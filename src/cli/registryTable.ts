import { alsoBelow } from "./alsoBelow.ts";
import type { CommandEntry } from "./commandTable.ts";

/** The commands that speak with registries, beside `pull`. */
export const registryTable: readonly CommandEntry[] = [
  ...alsoBelow("image", {
    words: "push",
    section: "common",
    summary: "Upload an image to a registry",
    load: async () => (await import("./commands/push.ts")).pushCommand,
  }),
];
