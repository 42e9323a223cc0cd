import type { World } from "./world.ts";

/** Some commands, a line each; the words of `?` may fail (they take away what may not be there). */
export type Script = readonly (readonly string[])[];

/** One operation that is interfered with, and what brings the world back to where it was. */
export interface Scenario {
  /** What must be there first. */
  readonly prepare?: Script;
  /** The command that is started with BRIG_FAIL. */
  readonly operation: readonly string[];
  /** When the process that passes the point outlives `operation` (a monitor does): what makes it go there. */
  readonly trigger?: readonly string[];
  /** After it: the operation again, as a user would; must succeed (I10). `operation` itself when left out. */
  readonly again?: Script;
  /** The operation takes everything back when it fails. */
  readonly allOrNothing?: true;
  /** Takes away what the operation has made. */
  readonly undo?: Script;
}

export type ScenarioName = keyof ReturnType<typeof scenariosOf>;

const net = ["--network", "none", "--ulimit", "nofile=1024:1024"];
/** Ends with 7 at once when it is asked to. */
const patient = ["sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.05; done"];
const maybe = (...words: readonly string[]) => ["?", ...words];
const gone = maybe("rm", "-f", "-v", "subject");

/** The operations of SECURITY-BASELINE.md 5.3 that exist, each as a user types it. Pure. */
export function scenariosOf({ image, remote, files, root }: Pick<World, "image" | "remote" | "files" | "root">) {
  const made = ["create", "--name", "subject", ...net, "-v", "/anonymous", "-v", "named:/bin", image, ...patient];
  const started = ["run", "-d", "--name", "subject", ...net, "-v", "/anonymous", "-v", "named:/bin", image, ...patient];
  const alone = ["run", "-d", "--name", "subject", ...net, image];
  const removed = [["rm", "-f", "-v", "subject"], maybe("volume", "rm", "named")];
  const running = [[...alone, ...patient]];
  const pulled = ["pull", "-q", remote];
  const saved = `${root.directory}/saved.tar`;
  return {
    pull: {
      operation: pulled,
      again: [pulled, ["run", "--rm", ...net, remote, "cat", "/data/replaced"]],
      undo: [["rmi", remote]],
    },
    rmi: { prepare: [pulled], operation: ["rmi", remote], again: [pulled, ["rmi", remote]] },
    "image prune": {
      prepare: [pulled],
      operation: ["image", "prune", "-a", "-f"],
      again: [pulled, ["run", "--rm", ...net, remote, "cat", "/data/replaced"], ["image", "prune", "-a", "-f"]],
    },
    create: { operation: made, allOrNothing: true, again: [gone, made, ["start", "subject"]], undo: removed },
    start: { operation: started, again: [gone, started, ["exec", "subject", "true"]], undo: removed },
    "run --rm": {
      operation: ["run", "--rm", "--name", "subject", ...net, "-v", "/anonymous", image, "true"],
      again: [gone, ["run", "--rm", "--name", "subject", ...net, "-v", "/anonymous", image, "true"]],
    },
    exec: { prepare: running, operation: ["exec", "subject", "true"], undo: removed },
    stop: {
      prepare: running,
      operation: ["stop", "subject"],
      again: [
        ["stop", "subject"],
        ["start", "subject"],
      ],
      undo: removed,
    },
    "stop by force": {
      prepare: [[...alone, "sleep", "1000"]],
      operation: ["stop", "-t", "0", "subject"],
      again: [
        ["stop", "subject"],
        ["start", "subject"],
      ],
      undo: removed,
    },
    kill: {
      prepare: running,
      operation: ["kill", "subject"],
      again: [maybe("kill", "subject"), ["start", "subject"]],
      undo: removed,
    },
    end: {
      operation: [...alone, ...patient],
      trigger: ["stop", "subject"],
      again: [
        ["start", "subject"],
        ["stop", "subject"],
      ],
      undo: removed,
    },
    restart: {
      operation: [...alone.slice(0, -1), "--restart", "on-failure:3", image, "sh", "-c", "exit 3"],
      trigger: ["wait", "subject"],
      again: [
        ["start", "subject"],
        ["wait", "subject"],
      ],
      undo: removed,
    },
    rotate: {
      operation: [
        ...alone.slice(0, -1),
        "--log-opt",
        "max-size=4k",
        "--log-opt",
        "max-file=3",
        image,
        "sh",
        "-c",
        "seq 2000; trap 'exit 7' TERM; while :; do sleep 0.05; done",
      ],
      trigger: ["exec", "subject", "true"],
      again: [
        ["logs", "--tail", "2", "subject"],
        ["stop", "subject"],
        ["start", "subject"],
        ["logs", "subject"],
      ],
      undo: removed,
    },
    rm: {
      prepare: [made],
      operation: ["rm", "-v", "subject"],
      again: [maybe("rm", "-v", "subject"), made, ["rm", "-v", "subject"]],
      undo: [["volume", "rm", "named"]],
    },
    rename: {
      prepare: [made],
      operation: ["rename", "subject", "other"],
      again: [maybe("rename", "subject", "other"), ["inspect", "other"], ["rename", "other", "subject"]],
      undo: removed,
    },
    "volume create": {
      operation: ["volume", "create", "named"],
      allOrNothing: true,
      undo: [["volume", "rm", "named"]],
    },
    "volume rm": {
      prepare: [["volume", "create", "named"]],
      operation: ["volume", "rm", "named"],
      again: [maybe("volume", "rm", "named"), ["volume", "create", "named"], ["volume", "rm", "named"]],
    },
    cp: {
      prepare: running,
      operation: ["cp", files, "subject:/tmp/files"],
      again: [
        ["cp", files, "subject:/tmp/files"],
        ["exec", "subject", "cat", "/tmp/files/file-19"],
      ],
      undo: removed,
    },
    export: {
      prepare: running,
      operation: ["export", "-o", `${root.directory}/exported.tar`, "subject"],
      undo: removed,
    },
    commit: {
      prepare: [...running, ["exec", "subject", "sh", "-c", "echo written > /tmp/written"]],
      operation: ["commit", "subject", "committed:1"],
      again: [
        maybe("rmi", "committed:1"),
        ["commit", "subject", "committed:1"],
        ["run", "--rm", ...net, "committed:1", "cat", "/tmp/written"],
      ],
      undo: [...removed, ["rmi", "committed:1"]],
    },
    import: {
      operation: ["import", `${root.directory}/import.tar`, "imported:1"],
      again: [
        maybe("rmi", "imported:1"),
        ["import", `${root.directory}/import.tar`, "imported:1"],
        ["inspect", "imported:1"],
      ],
      undo: [["rmi", "imported:1"]],
    },
    save: {
      prepare: [pulled],
      operation: ["save", "-o", saved, remote],
      again: [
        ["save", "-o", saved, remote],
        ["rmi", remote],
        ["load", "-i", saved],
        ["inspect", remote],
      ],
      undo: [["rmi", remote]],
    },
    load: {
      prepare: [pulled, ["save", "-o", saved, remote], ["rmi", remote]],
      operation: ["load", "-i", saved],
      again: [
        ["load", "-i", saved],
        ["run", "--rm", ...net, remote, "cat", "/data/replaced"],
      ],
      undo: [["rmi", remote]],
    },
  } as const satisfies Readonly<Record<string, Scenario>>;
}
