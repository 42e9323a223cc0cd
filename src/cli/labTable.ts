import type { CommandEntry } from "./commandTable.ts";

const section = "other" as const;

/** The exercises: containers that have something wrong with them. */
export const labTable: readonly CommandEntry[] = [
  {
    words: "lab list",
    aliases: ["ls"],
    section,
    summary: "List the labs",
    load: async () => (await import("./commands/lab.ts")).labListCommand,
  },
  {
    words: "lab start",
    section,
    summary: "Begin a lab: start a container that has something wrong with it",
    load: async () => (await import("./commands/lab.ts")).labStartCommand,
  },
  {
    words: "lab shell",
    section,
    summary: "Look around on the machine of a lab",
    load: async () => (await import("./commands/lab.ts")).labShellCommand,
  },
  {
    words: "lab hint",
    section,
    summary: "Show the next hint of a lab",
    load: async () => (await import("./commands/lab.ts")).labHintCommand,
  },
  {
    words: "lab fix",
    section,
    summary: "Start the container of a lab again, repaired",
    load: async () => (await import("./commands/labFix.ts")).labFixCommand,
  },
  {
    words: "lab check",
    section,
    summary: "Look whether a lab is solved",
    load: async () => (await import("./commands/lab.ts")).labCheckCommand,
  },
  {
    words: "lab solve",
    section,
    summary: "Show the answer of a lab, and why it is the answer",
    load: async () => (await import("./commands/lab.ts")).labSolveCommand,
  },
  {
    words: "lab stop",
    section,
    summary: "Put away everything of a lab",
    load: async () => (await import("./commands/lab.ts")).labStopCommand,
  },
];
