import type { CommandEntry } from "./commandTable.ts";

const section = "other" as const;
const load = async () => import("./commands/networkConnect.ts");

/** The commands about networks. */
export const networkTable: readonly CommandEntry[] = [
  {
    words: "network check",
    section,
    summary: "Check what the kernel has of the networks, and repair it",
    load: async () => (await import("./commands/systemCheck.ts")).networkCheckCommand,
  },
  {
    words: "network connect",
    section,
    summary: "Put a container into a network",
    load: async () => (await load()).networkConnectCommand,
  },
  {
    words: "network create",
    section,
    summary: "Create a network",
    load: async () => (await import("./commands/networkCreate.ts")).networkCreateCommand,
  },
  {
    words: "network disconnect",
    section,
    summary: "Take a container out of a network",
    load: async () => (await load()).networkDisconnectCommand,
  },
  {
    words: "network inspect",
    section,
    summary: "Show everything known about networks",
    load: async () => (await import("./commands/inspect.ts")).inspectNetworkCommand,
  },
  {
    words: "network ls",
    aliases: ["list"],
    section,
    summary: "List networks",
    load: async () => (await import("./commands/networkList.ts")).networkListCommand,
  },
  {
    words: "network prune",
    section,
    summary: "Remove unused networks",
    load: async () => (await import("./commands/prune.ts")).pruneNetworksCommand,
  },
  {
    words: "network rm",
    aliases: ["remove"],
    section,
    summary: "Remove one or more networks",
    load: async () => (await import("./commands/removeObjects.ts")).removeNetworksCommand,
  },
];
