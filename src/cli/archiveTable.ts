import { alsoBelow } from "./alsoBelow.ts";
import type { CommandEntry } from "./commandTable.ts";

const section = "other" as const;

/** The verbs that take files out of containers, put them in and make images of them. */
const verbs: readonly CommandEntry[] = [
  {
    words: "cp",
    section,
    summary: "Copy files between a container and this machine",
    load: async () => (await import("./commands/cp.ts")).copyCommand,
  },
  {
    words: "diff",
    section,
    summary: "Show what a container has changed of its image's files",
    load: async () => (await import("./commands/diff.ts")).diffCommand,
  },
  {
    words: "export",
    section,
    summary: "Write a container's files as a tar archive",
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
  {
    words: "commit",
    section,
    summary: "Make an image of what a container has changed",
    load: async () => (await import("./commands/commit.ts")).commitCommand,
  },
];

const importEntry: CommandEntry = {
  words: "import",
  section,
  summary: "Make an image of a tar archive",
  load: async () => (await import("./commands/import.ts")).importCommand,
};

export const archiveTable: readonly CommandEntry[] = [
  ...verbs.flatMap((entry) => alsoBelow("container", entry)),
  ...alsoBelow("image", importEntry),
];
