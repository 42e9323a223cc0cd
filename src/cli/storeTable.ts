import type { CommandEntry } from "./commandTable.ts";

const section = "other" as const;

/** The commands that show what images are made of and what room they take, and that give it back. */
export const storeTable: readonly CommandEntry[] = [
  {
    words: "image diff",
    section,
    summary: "Show the files that differ between two images",
    load: async () => (await import("./commands/imageDiff.ts")).imageDiffCommand,
  },
  {
    words: "image explain",
    section,
    summary: "Show what each layer of an image added, changed, deleted and wastes",
    load: async () => (await import("./commands/imageExplain.ts")).imageExplainCommand,
  },
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
