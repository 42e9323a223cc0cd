import type { Engine } from "../../engine.ts";
import type { Candidate } from "./completeWords.ts";
import type { WordKind } from "./wordKinds.ts";

/** States in which a container is of use to a command; of the others every container is. */
const wantedStates: Readonly<Record<string, readonly string[]>> = {
  attach: ["running"],
  exec: ["running"],
  kill: ["running", "paused", "restarting"],
  pause: ["running"],
  start: ["created", "exited", "dead"],
  stats: ["running", "paused"],
  stop: ["running", "paused", "restarting"],
  top: ["running", "paused"],
  unpause: ["paused"],
};

/** Looks the names of a kind up. `command` is the verb that they are for. */
export async function namesOf(kind: WordKind, command: string, engine: Engine): Promise<readonly Candidate[]> {
  switch (kind) {
    case "container":
      return containerNames(command, engine);
    case "containerPath":
      return (await containerNames("cp", engine)).map(({ word, text }) => ({ word: `${word}:`, text }));
    case "image":
      return (await engine.images()).flatMap(({ repoTags }) => repoTags.map((word) => ({ word, text: "image" })));
    case "network":
      return (await engine.networks([])).map(({ Name, Driver }) => ({ word: Name, text: `${Driver} network` }));
    case "volume":
      return (await engine.volumes([])).map(({ Name }) => ({ word: Name, text: "volume" }));
    case "lab": {
      const { labs } = await import("../../lab/index.ts");
      return labs.map(({ id, title }) => ({ word: id, text: title.en }));
    }
    case "object": {
      const all = ["container", "image", "network", "volume"] as const;
      return (await Promise.all(all.map((one) => namesOf(one, command, engine)))).flat();
    }
    case "command":
    case "file":
    case "directory":
      return [];
  }
}

async function containerNames(command: string, engine: Engine): Promise<readonly Candidate[]> {
  const states = wantedStates[command.replace(/^container /, "")];
  const containers = await engine.containers({ all: true });
  return containers
    .filter(({ status }) => states === undefined || states.includes(status))
    .map(({ name, image, status }) => ({ word: name, text: `${image}, ${status}` }));
}
