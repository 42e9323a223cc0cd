import type { Scenario, Script } from "./scenario.ts";
import type { World } from "./world.ts";

export type NetworkScenarioName = keyof ReturnType<typeof networkScenariosOf>;

const maybe = (...words: readonly string[]) => ["?", ...words];
/** Ends with 7 at once when it is asked to. */
const patient = ["sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.05; done"];
const published = ["-p", "8080:80", "-p", "81"];
const [own, other] = [
  ["network", "create", "own"],
  ["network", "create", "other"],
];
const removed: Script = [
  ["rm", "-f", "subject"],
  ["network", "rm", "own"],
  ["network", "rm", "other"],
];

/** What is done with networks, each network new, so that its bridge and its rules are made, too. Pure. */
export function networkScenariosOf({ image }: Pick<World, "image">) {
  const flags = ["--name", "subject", "--ulimit", "nofile=1024:1024", "--network", "own", ...published, image];
  const run = ["run", "-d", ...flags, ...patient];
  const create = ["create", ...flags, ...patient];
  const connect = ["network", "connect", "other", "subject"];
  const disconnect = ["network", "disconnect", "other", "subject"];
  const publish = ["update", "--publish-add", "8082:82", "subject"];
  const works = ["exec", "subject", "ip", "link", "show", "eth0"];
  const hasBoth = ["exec", "subject", "ip", "link", "show", "eth1"];
  return {
    create: { operation: own, again: [maybe(...own), ["network", "inspect", "own"]], undo: removed },
    remove: {
      prepare: [own, ["run", "--rm", "--network", "own", "--ulimit", "nofile=1024:1024", image, "true"]],
      operation: ["network", "rm", "own"],
      again: [maybe("network", "rm", "own"), own, ["network", "rm", "own"]],
    },
    run: { prepare: [own], operation: run, again: [maybe("rm", "-f", "subject"), run, works], undo: removed },
    start: {
      prepare: [own, create],
      operation: ["start", "subject"],
      again: [["start", "subject"], works],
      undo: removed,
    },
    "start, then only remove": { prepare: [own, create], operation: ["start", "subject"], again: [], undo: removed },
    rm: {
      prepare: [own, create],
      operation: ["rm", "subject"],
      again: [maybe("rm", "subject"), create, ["rm", "subject"]],
      undo: removed,
    },
    end: {
      prepare: [own],
      operation: run,
      trigger: ["stop", "subject"],
      again: [["start", "subject"], works, ["stop", "subject"]],
      undo: removed,
    },
    connect: {
      prepare: [own, other, run],
      operation: connect,
      again: [maybe(...connect), hasBoth, disconnect, connect, hasBoth],
      undo: removed,
    },
    "connect, then only remove": { prepare: [own, other, run], operation: connect, again: [], undo: removed },
    disconnect: {
      prepare: [own, other, run, connect],
      operation: disconnect,
      again: [maybe(...disconnect), connect, hasBoth, disconnect],
      undo: removed,
    },
    publish: {
      prepare: [own, run],
      operation: publish,
      again: [maybe(...publish), ["port", "subject", "82"], ["update", "--publish-rm", "8082:82", "subject"], publish],
      undo: removed,
    },
    "publish, then only remove": { prepare: [own, run], operation: publish, again: [], undo: removed },
  } as const satisfies Readonly<Record<string, Scenario>>;
}
