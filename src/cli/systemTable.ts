import type { CommandEntry } from "./commandTable.ts";

const section = "other" as const;

/** The commands that look after everything that brig keeps. */
export const systemTable: readonly CommandEntry[] = [
  {
    words: "system check",
    section,
    summary: "Check what brig keeps on disk and in the kernel, and repair it",
    load: async () => (await import("./commands/systemCheck.ts")).systemCheckCommand,
  },
];
