import { alsoBelow } from "./alsoBelow.ts";
import type { CommandEntry } from "./commandTable.ts";

const section = "other" as const;

/** The commands that show how containers are made: views of plans and journals. */
export const studyTable: readonly CommandEntry[] = [
  ...alsoBelow("container", {
    words: "explain",
    section,
    summary: "Show every system call that started a container",
    load: async () => (await import("./commands/explain.ts")).explainCommand,
  }),
  ...alsoBelow("container", {
    words: "compare",
    section,
    summary: "Show what differs between two containers, or a container and the host",
    load: async () => (await import("./commands/compare.ts")).compareCommand,
  }),
  {
    words: "unroll run",
    section,
    summary: "Write a shell script that makes a container without brig",
    load: async () => (await import("./commands/unrollRun.ts")).unrollRunCommand,
  },
  ...alsoBelow("container", {
    words: "report",
    section,
    summary: "Write a page about a container: how it was made, and what there is of it",
    load: async () => (await import("./commands/report.ts")).reportCommand,
  }),
];
