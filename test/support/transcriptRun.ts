import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brigCommand, brigEnvironment, createRoot, disposeRoot, type TestRoot } from "./brig.ts";
import { BrigProcess } from "./brigProcess.ts";
import { projectRoot } from "./projectPaths.ts";
import { type Exchange, Normalizer } from "./transcripts.ts";

/** For a command on an emulated machine, which takes its time. */
const timeoutMs = 300_000;

/** The kind of this host, as blocks of a page name it: whether the limits of the transcripts can be kept. */
export function hostKind(): "cgroup v1" | "cgroup v2" {
  const files = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].map((path) => join(path, "cgroup.controllers"));
  const file = files.find((path) => existsSync(path));
  const offered = file === undefined ? [] : readFileSync(file, "utf8").trim().split(" ");
  return ["memory", "cpu", "pids"].every((name) => offered.includes(name)) ? "cgroup v2" : "cgroup v1";
}

export interface TranscriptPlaces {
  readonly root: TestRoot;
  /** What a page writes in place of names of the test. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Runs the commands of a page one after the other, with a `brig` of the root's own in PATH. What they print comes without what
 * differs from run to run; undefined for a command whose output is that of another kind of host.
 */
export function runExchanges(
  exchanges: readonly Exchange[],
  { root, names }: TranscriptPlaces,
): readonly (string | undefined)[] {
  const paths = [
    [root.root, "/var/lib/brig"] as const,
    [root.runRoot, "/run/brig"] as const,
    [root.home, "/root"] as const,
  ];
  const normalizer = new Normalizer(new Map([...names, ...paths]));
  const env = { ...brigEnvironment(root), PATH: `${writeBrig(root)}:${brigEnvironment(root)["PATH"]}` };
  const kind = hostKind();
  return exchanges.map(({ command, host = kind }) => {
    if (host !== kind) return undefined;
    const real = [...names].reduce((text, [own, shown]) => text.replaceAll(shown, own), command);
    const options = { cwd: root.home, env, encoding: "utf8", timeout: timeoutMs } as const;
    return normalizer.normalize(spawnSync("/bin/sh", ["-c", `{ ${real}\n} 2>&1`], options).stdout);
  });
}

function writeBrig(root: TestRoot): string {
  const directory = join(root.home, "bin");
  mkdirSync(directory, { recursive: true });
  const own = brigCommand(root, []).map((word) => `'${word}'`);
  writeFileSync(join(directory, "brig"), `#!/bin/sh\nexec ${own.join(" ")} "$@"\n`, { mode: 0o755 });
  return directory;
}

/** What pages call the address of the demo's registry. */
export const demoAddress = "127.0.0.1:5000";

export interface DemoRegistry {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves the image of `npm run demo` as the demo does: with brig, on loopback. The caller closes it. */
export async function serveDemo(): Promise<DemoRegistry> {
  const origin = createRoot();
  const make = 'import { makeDemoImage } from "./scripts/demo/demoImage.mjs"; await makeDemoImage(process.argv[1]);';
  const argv = ["--input-type=module", "-e", make, join(origin.root, "images")];
  execFileSync(process.execPath, argv, { cwd: projectRoot, stdio: "pipe" });
  const server = new BrigProcess(["registry", "serve", "--listen", "127.0.0.1:0"], origin);
  const close = async () => {
    server.child.kill("SIGTERM");
    await server.ended;
    disposeRoot(origin);
  };
  const said = /http:\/\/(127\.0\.0\.1:\d+)/;
  try {
    await server.waitForOutput(said);
  } catch (error) {
    await close();
    throw error;
  }
  return { address: said.exec(server.stdout)?.[1] ?? "", close };
}
