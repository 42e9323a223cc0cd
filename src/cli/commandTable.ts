import { alsoBelow } from "./alsoBelow.ts";
import { archiveTable } from "./archiveTable.ts";
import type { LoadedCommand } from "./command.ts";
import { imageTable } from "./imageTable.ts";
import { labTable } from "./labTable.ts";
import { networkTable } from "./networkTable.ts";
import { registryTable } from "./registryTable.ts";
import { storeTable } from "./storeTable.ts";
import { studyTable } from "./studyTable.ts";
import { systemTable } from "./systemTable.ts";
import { viewTable } from "./viewTable.ts";

/** Where a command stands in the tree and in `brig --help`. */
export interface CommandEntry {
  /** The words that call it: `image ls`. */
  readonly words: string;
  readonly aliases?: readonly string[];
  readonly section: "common" | "management" | "other";
  /** What it does, in a few words. */
  readonly summary: string;
  /** The first of the commands that do the same; its name is in `--help`. */
  readonly sameAs?: string;
  /** Called by programs only, and not in `--help`. */
  readonly hidden?: boolean;
  /** Loads the code; nothing of a command runs before. */
  readonly load: () => Promise<LoadedCommand>;
}

/** A word that only leads to others: `image`. */
export interface GroupEntry {
  readonly word: string;
  readonly summary: string;
}

export const groupTable: readonly GroupEntry[] = [
  { word: "config", summary: "Check and show brig's own settings" },
  { word: "container", summary: "Manage containers" },
  { word: "image", summary: "Manage images" },
  { word: "lab", summary: "Learn how containers work by repairing some" },
  { word: "network", summary: "Manage networks" },
  { word: "plan", summary: "Show what a command would do, step by step, without doing it" },
  { word: "unroll", summary: "Write what a command would do as a shell script" },
  { word: "registry", summary: "Serve the images of this machine to others" },
  { word: "system", summary: "Look at the engine and its host" },
  { word: "volume", summary: "Manage volumes" },
];

const [common, other] = ["common", "other"] as const;

const run: CommandEntry = {
  words: "run",
  section: common,
  summary: "Create and run a new container from an image",
  load: async () => (await import("./commands/run.ts")).runCommand,
};

const exec: CommandEntry = {
  words: "exec",
  section: common,
  summary: "Run a command in a running container",
  load: async () => (await import("./commands/exec.ts")).execCommand,
};

const ps: CommandEntry = {
  words: "ps",
  section: common,
  summary: "List containers",
  load: async () => (await import("./commands/ps.ts")).psCommand,
};

const pull: CommandEntry = {
  words: "pull",
  section: common,
  summary: "Download an image from a registry",
  load: async () => (await import("./commands/pull.ts")).pullCommand,
};

const images: CommandEntry = {
  words: "images",
  section: common,
  summary: "List images",
  load: async () => (await import("./commands/images.ts")).imagesCommand,
};

const info: CommandEntry = {
  words: "info",
  section: common,
  summary: "Show the engine, its host and their settings",
  load: async () => (await import("./commands/info.ts")).infoCommand,
};

const rm: CommandEntry = {
  words: "rm",
  section: other,
  summary: "Remove one or more containers",
  load: async () => (await import("./commands/rm.ts")).rmCommand,
};

const rmi: CommandEntry = {
  words: "rmi",
  section: other,
  summary: "Remove one or more images",
  load: async () => (await import("./commands/rmi.ts")).rmiCommand,
};

const load = {
  stats: async () => (await import("./commands/stats.ts")).statsCommand,
  top: async () => (await import("./commands/top.ts")).topCommand,
  create: async () => (await import("./commands/create.ts")).createCommand,
  start: async () => (await import("./commands/start.ts")).startCommand,
  stop: async () => (await import("./commands/stop.ts")).stopCommand,
  restart: async () => (await import("./commands/stop.ts")).restartCommand,
  kill: async () => (await import("./commands/kill.ts")).killCommand,
  pause: async () => (await import("./commands/lifecycle.ts")).pauseCommand,
  unpause: async () => (await import("./commands/lifecycle.ts")).unpauseCommand,
  wait: async () => (await import("./commands/lifecycle.ts")).waitCommand,
  logs: async () => (await import("./commands/logs.ts")).logsCommand,
  attach: async () => (await import("./commands/attach.ts")).attachCommand,
} as const;

/** The verbs of a container's life, each by itself and below `container`. */
const lifecycle: readonly CommandEntry[] = [
  { words: "stats", section: other, summary: "Show what containers use, live", load: load.stats },
  { words: "top", section: other, summary: "Show the processes of a container", load: load.top },
  { words: "create", section: other, summary: "Create a new container", load: load.create },
  { words: "start", section: other, summary: "Start one or more stopped containers", load: load.start },
  { words: "stop", section: other, summary: "Stop one or more running containers", load: load.stop },
  { words: "restart", section: other, summary: "Restart one or more containers", load: load.restart },
  { words: "kill", section: other, summary: "Send a signal to one or more running containers", load: load.kill },
  { words: "pause", section: other, summary: "Freeze all processes within one or more containers", load: load.pause },
  { words: "unpause", section: other, summary: "Let the processes of paused containers go on", load: load.unpause },
  { words: "logs", section: other, summary: "Show what a container wrote", load: load.logs },
  {
    words: "attach",
    section: other,
    summary: "Join stdin, stdout and stderr with a running container",
    load: load.attach,
  },
  {
    words: "wait",
    section: other,
    summary: "Wait until containers stop, then print their exit codes",
    load: load.wait,
  },
].flatMap((entry) => alsoBelow("container", entry));

/** Every command there is. */
export const commandTable: readonly CommandEntry[] = [
  ...alsoBelow("container", run),
  ...alsoBelow("container", exec),
  ...alsoBelow("container", ps, { word: "ls", aliases: ["list", "ps"] }),
  ...alsoBelow("image", pull),
  ...registryTable,
  ...alsoBelow("image", images, { word: "ls", aliases: ["list"] }),
  {
    words: "version",
    section: common,
    summary: "Show the versions of the engine and its parts",
    load: async () => (await import("./commands/version.ts")).versionCommand,
  },
  ...alsoBelow("system", info),
  {
    words: "doctor",
    section: common,
    summary: "Check what this host offers and say how to mend what it lacks",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
  {
    words: "inspect",
    section: other,
    summary: "Show everything known about containers, images and volumes",
    load: async () => (await import("./commands/inspect.ts")).inspectCommand,
  },
  ...alsoBelow("container", rm, { aliases: ["remove"] }),
  ...alsoBelow("image", rmi, { word: "rm", aliases: ["remove"] }),
  {
    words: "help",
    section: other,
    summary: "Explain a command",
    load: async () => (await import("./commands/help.ts")).helpCommand,
  },
  ...lifecycle,
  ...viewTable,
  ...studyTable,
  ...archiveTable,
  ...imageTable,
  {
    words: "events",
    section: other,
    summary: "Show what happens to containers, images and volumes as it happens",
    load: async () => (await import("./commands/events.ts")).eventsCommand,
  },
  {
    words: "container cleanup",
    section: other,
    summary: "Put away what a container left that ended by itself (called by its monitor)",
    load: async () => (await import("./commands/lifecycle.ts")).cleanupCommand,
  },
  {
    words: "image inspect",
    section: other,
    summary: "Show everything known about images",
    load: async () => (await import("./commands/inspect.ts")).inspectImageCommand,
  },
  {
    words: "plan run",
    section: other,
    summary: "Show how a container would be started",
    load: async () => (await import("./commands/planRun.ts")).planRunCommand,
  },
  {
    words: "registry serve",
    section: other,
    summary: "Serve the local images over the distribution protocol",
    load: async () => (await import("./commands/registryServe.ts")).registryServeCommand,
  },
  ...labTable,
  ...networkTable,
  ...storeTable,
  ...systemTable,
];
