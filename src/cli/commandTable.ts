import { archiveTable } from "./archiveTable.ts";
import type { LoadedCommand } from "./command.ts";
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
  /** Loads the code; nothing of a command runs before. */
  readonly load: () => Promise<LoadedCommand>;
}

/** A word that only leads to others: `image`. */
export interface GroupEntry {
  readonly word: string;
  readonly summary: string;
}

export const groupTable: readonly GroupEntry[] = [
  { word: "container", summary: "Manage containers" },
  { word: "image", summary: "Manage images" },
  { word: "plan", summary: "Show what a command would do, step by step, without doing it" },
  { word: "registry", summary: "Serve the images of this machine to others" },
  { word: "system", summary: "Look at the engine and its host" },
  { word: "volume", summary: "Manage volumes" },
];

const run = async () => (await import("./commands/run.ts")).runCommand;
const pull = async () => (await import("./commands/pull.ts")).pullCommand;
const images = async () => (await import("./commands/images.ts")).imagesCommand;
const rmi = async () => (await import("./commands/rmi.ts")).rmiCommand;
const inspect = async () => (await import("./commands/inspect.ts")).inspectCommand;
const inspectImage = async () => (await import("./commands/inspect.ts")).inspectImageCommand;
const ps = async () => (await import("./commands/ps.ts")).psCommand;
const rm = async () => (await import("./commands/rm.ts")).rmCommand;
const exec = async () => (await import("./commands/exec.ts")).execCommand;
const stats = async () => (await import("./commands/stats.ts")).statsCommand;
const top = async () => (await import("./commands/top.ts")).topCommand;
const create = async () => (await import("./commands/create.ts")).createCommand;
const start = async () => (await import("./commands/start.ts")).startCommand;
const stop = async () => (await import("./commands/stop.ts")).stopCommand;
const restart = async () => (await import("./commands/stop.ts")).restartCommand;
const kill = async () => (await import("./commands/kill.ts")).killCommand;
const pause = async () => (await import("./commands/lifecycle.ts")).pauseCommand;
const unpause = async () => (await import("./commands/lifecycle.ts")).unpauseCommand;
const wait = async () => (await import("./commands/lifecycle.ts")).waitCommand;
const info = async () => (await import("./commands/info.ts")).infoCommand;
const doctor = async () => (await import("./commands/doctor.ts")).doctorCommand;

const runSummary = "Create and run a new container from an image";
const execSummary = "Run a command in a running container";
const statsSummary = "Show what containers use, live";
const topSummary = "Show the processes of a container";
const psSummary = "List containers";
const rmSummary = "Remove one or more containers";
const pullSummary = "Download an image from a registry";
const imagesSummary = "List images";
const rmiSummary = "Remove one or more images";
const infoSummary = "Show the engine, its host and their settings";

/** The verbs of a container's life, each by itself and below `container`. */
const lifecycle: readonly CommandEntry[] = [
  { words: "create", section: "other" as const, summary: "Create a new container", load: create },
  { words: "start", section: "other" as const, summary: "Start one or more stopped containers", load: start },
  { words: "stop", section: "other" as const, summary: "Stop one or more running containers", load: stop },
  { words: "restart", section: "other" as const, summary: "Restart one or more containers", load: restart },
  { words: "kill", section: "other" as const, summary: "Send a signal to one or more running containers", load: kill },
  {
    words: "pause",
    section: "other" as const,
    summary: "Freeze all processes within one or more containers",
    load: pause,
  },
  {
    words: "unpause",
    section: "other" as const,
    summary: "Let the processes of paused containers go on",
    load: unpause,
  },
  {
    words: "logs",
    section: "other" as const,
    summary: "Show what a container wrote",
    load: async () => (await import("./commands/logs.ts")).logsCommand,
  },
  {
    words: "attach",
    section: "other" as const,
    summary: "Join stdin, stdout and stderr with a running container",
    load: async () => (await import("./commands/attach.ts")).attachCommand,
  },
  {
    words: "wait",
    section: "other" as const,
    summary: "Wait until containers stop, then print their exit codes",
    load: wait,
  },
].flatMap((entry) => [entry, { ...entry, words: `container ${entry.words}`, sameAs: entry.words }]);

/** Every command there is. */
export const commandTable: readonly CommandEntry[] = [
  { words: "run", section: "common", summary: runSummary, load: run },
  { words: "exec", section: "common", summary: execSummary, load: exec },
  { words: "ps", section: "common", summary: psSummary, load: ps },
  { words: "pull", section: "common", summary: pullSummary, load: pull },
  { words: "images", section: "common", summary: imagesSummary, load: images },
  {
    words: "version",
    section: "common",
    summary: "Show the versions of the engine and its parts",
    load: async () => (await import("./commands/version.ts")).versionCommand,
  },
  { words: "info", section: "common", summary: infoSummary, load: info },
  {
    words: "doctor",
    section: "common",
    summary: "Check what this host offers and say how to mend what it lacks",
    load: doctor,
  },
  {
    words: "inspect",
    section: "other",
    summary: "Show everything known about containers, images and volumes",
    load: inspect,
  },
  { words: "stats", section: "other", summary: statsSummary, load: stats },
  { words: "top", section: "other", summary: topSummary, load: top },
  { words: "rm", section: "other", summary: rmSummary, load: rm },
  { words: "rmi", section: "other", summary: rmiSummary, load: rmi },
  {
    words: "help",
    section: "other",
    summary: "Explain a command",
    load: async () => (await import("./commands/help.ts")).helpCommand,
  },
  ...lifecycle,
  ...viewTable,
  ...archiveTable,
  {
    words: "events",
    section: "other",
    summary: "Show what happens to containers, images and volumes as it happens",
    load: async () => (await import("./commands/events.ts")).eventsCommand,
  },
  {
    words: "container cleanup",
    section: "other",
    summary: "Put away what a container left that ended by itself (called by its monitor)",
    load: async () => (await import("./commands/lifecycle.ts")).cleanupCommand,
  },
  { words: "container run", sameAs: "run", section: "other", summary: runSummary, load: run },
  { words: "container exec", sameAs: "exec", section: "other", summary: execSummary, load: exec },
  { words: "container stats", sameAs: "stats", section: "other", summary: statsSummary, load: stats },
  { words: "container top", sameAs: "top", section: "other", summary: topSummary, load: top },
  { words: "container ls", sameAs: "ps", aliases: ["list", "ps"], section: "other", summary: psSummary, load: ps },
  { words: "container rm", sameAs: "rm", aliases: ["remove"], section: "other", summary: rmSummary, load: rm },
  { words: "image ls", sameAs: "images", aliases: ["list"], section: "other", summary: imagesSummary, load: images },
  { words: "image pull", sameAs: "pull", section: "other", summary: pullSummary, load: pull },
  { words: "image rm", sameAs: "rmi", aliases: ["remove"], section: "other", summary: rmiSummary, load: rmi },
  { words: "image inspect", section: "other", summary: "Show everything known about images", load: inspectImage },
  {
    words: "plan run",
    section: "other",
    summary: "Show how a container would be started",
    load: async () => (await import("./commands/planRun.ts")).planRunCommand,
  },
  {
    words: "registry serve",
    section: "other",
    summary: "Serve the local images over the distribution protocol",
    load: async () => (await import("./commands/registryServe.ts")).registryServeCommand,
  },
  { words: "system info", sameAs: "info", section: "other", summary: infoSummary, load: info },
];
