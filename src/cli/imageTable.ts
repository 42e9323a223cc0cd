import { alsoBelow } from "./alsoBelow.ts";
import type { CommandEntry } from "./commandTable.ts";

const section = "other" as const;

/** The verbs of images beside the common ones, each by itself and below `image`. */
export const imageTable: readonly CommandEntry[] = [
  {
    words: "tag",
    section,
    summary: "Give an image one more name",
    load: async () => (await import("./commands/tag.ts")).tagCommand,
  },
  {
    words: "history",
    section,
    summary: "Show how an image was made",
    load: async () => (await import("./commands/history.ts")).historyCommand,
  },
  {
    words: "save",
    section,
    summary: "Write images as a tar archive",
    load: async () => (await import("./commands/save.ts")).saveCommand,
  },
  {
    words: "load",
    section,
    summary: "Load the images of a tar archive",
    load: async () => (await import("./commands/load.ts")).loadCommand,
  },
].flatMap((entry) => alsoBelow("image", entry));
