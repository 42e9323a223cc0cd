import type { CommandEntry } from "./commandTable.ts";

const section = "other" as const;

/** The commands that show what images are made of and what room they take, and that give it back. */
export const storeTable: readonly CommandEntry[] = [
  {
    words: "image prune",
    section,
    summary: "Remove unused images",
    load: async () => (await import("./commands/pruneStore.ts")).pruneImagesCommand,
  },
  {
    words: "image tree",
    section,
    summary: "Show the layers of images and which of them they share",
    load: async () => (await import("./commands/imageTree.ts")).imageTreeCommand,
  },
  {
    words: "system df",
    section,
    summary: "Show how much room images, containers and volumes take",
    load: async () => (await import("./commands/systemDf.ts")).systemDfCommand,
  },
  {
    words: "system prune",
    section,
    summary: "Remove what is not in use",
    load: async () => (await import("./commands/pruneStore.ts")).pruneSystemCommand,
  },
];
