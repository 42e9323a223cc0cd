import { alsoBelow } from "./alsoBelow.ts";
import type { CommandEntry } from "./commandTable.ts";

/** The commands that speak with registries, beside `pull`. */
export const registryTable: readonly CommandEntry[] = [
  ...alsoBelow("image", {
    words: "push",
    section: "common",
    summary: "Upload an image to a registry",
    load: async () => (await import("./commands/push.ts")).pushCommand,
  }),
  {
    words: "login",
    section: "common",
    summary: "Log in to a registry",
    load: async () => (await import("./commands/login.ts")).loginCommand,
  },
  {
    words: "logout",
    section: "common",
    summary: "Log out from a registry",
    load: async () => (await import("./commands/logout.ts")).logoutCommand,
  },
  {
    words: "search",
    section: "common",
    summary: "Search Docker Hub or the catalog of another registry for images",
    load: async () => (await import("./commands/search.ts")).searchCommand,
  },
];
