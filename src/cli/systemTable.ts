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
  {
    words: "completion",
    section,
    summary: "Print what makes a shell complete brig's words",
    load: async () => (await import("./commands/completion.ts")).completionCommand,
  },
  {
    words: "__complete",
    hidden: true,
    section,
    summary: "Answer what can stand at the last word of a command line (called by shells)",
    load: async () => (await import("./commands/complete.ts")).completeCommand,
  },
  {
    words: "system boot",
    section,
    summary: "Start again what must come back after a reboot",
    load: async () => (await import("./commands/systemBoot.ts")).systemBootCommand,
  },
  {
    words: "system install-units",
    section,
    summary: "Write the systemd unit that starts containers after a reboot",
    load: async () => (await import("./commands/systemUnits.ts")).installUnitsCommand,
  },
  {
    words: "system uninstall-units",
    section,
    summary: "Take the systemd unit of install-units away",
    load: async () => (await import("./commands/systemUnits.ts")).uninstallUnitsCommand,
  },
  {
    words: "config check",
    section,
    summary: "Say what in the configuration cannot be used",
    load: async () => (await import("./commands/config.ts")).checkConfigCommand,
  },
  {
    words: "config show",
    section,
    summary: "Show the settings that hold",
    load: async () => (await import("./commands/config.ts")).showConfigCommand,
  },
];
