import { alsoBelow } from "./alsoBelow.ts";
import type { CommandEntry } from "./commandTable.ts";

const inspectContainer = async () => (await import("./commands/inspect.ts")).inspectContainerCommand;
const inspectVolume = async () => (await import("./commands/inspect.ts")).inspectVolumeCommand;
const port = async () => (await import("./commands/port.ts")).portCommand;
const rename = async () => (await import("./commands/rename.ts")).renameCommand;
const update = async () => (await import("./commands/update.ts")).updateCommand;
const why = async () => (await import("./commands/why.ts")).whyCommand;
const pruneContainers = async () => (await import("./commands/prune.ts")).pruneContainersCommand;
const pruneVolumes = async () => (await import("./commands/prune.ts")).pruneVolumesCommand;
const createVolume = async () => (await import("./commands/volumeCreate.ts")).volumeCreateCommand;
const listVolumes = async () => (await import("./commands/volumeList.ts")).volumeListCommand;
const removeVolumes = async () => (await import("./commands/removeObjects.ts")).removeVolumesCommand;

const section = "other" as const;

const verbs: readonly CommandEntry[] = [
  { words: "port", section, summary: "List the published ports of a container", load: port },
  { words: "rename", section, summary: "Give a container another name", load: rename },
  { words: "update", section, summary: "Change limits and restart policy of containers", load: update },
  {
    words: "why",
    section,
    summary: "Say why a container ended or does not start, who has a port, an image, a path or the space",
    load: why,
  },
];

/** The commands that look at containers and volumes and put them in order. */
export const viewTable: readonly CommandEntry[] = [
  ...verbs.flatMap((entry) => alsoBelow("container", entry)),
  { words: "container inspect", section, summary: "Show everything known about containers", load: inspectContainer },
  { words: "container prune", section, summary: "Remove all stopped containers", load: pruneContainers },
  { words: "volume create", section, summary: "Create a volume", load: createVolume },
  { words: "volume inspect", section, summary: "Show everything known about volumes", load: inspectVolume },
  { words: "volume ls", aliases: ["list"], section, summary: "List volumes", load: listVolumes },
  { words: "volume prune", section, summary: "Remove unused volumes", load: pruneVolumes },
  { words: "volume rm", aliases: ["remove"], section, summary: "Remove one or more volumes", load: removeVolumes },
];
