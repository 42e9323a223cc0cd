import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { TestRoot } from "./brig.ts";
import { BrigProcess } from "./brigProcess.ts";
import { makeLayout } from "./makeLayout.ts";
import { runTool } from "./programs.ts";
import { fixtureDirectory, projectRoot } from "./projectPaths.ts";

/** What test/native/join-watch.c met and what it got hold of. */
export interface WatchReport {
  readonly seen: number;
  readonly traced: number;
  readonly opened: number;
  readonly executables: number;
  readonly kept: number;
  readonly writable: number;
}

/**
 * An OCI layout whose `latest` has the watcher as /watch, busybox, `/self`, a script that names its own process's
 * executable as its interpreter, and `/fdN`, links to the descriptors of whoever follows them.
 */
export async function joinWatchLayout(): Promise<string> {
  const program = await watchProgram();
  const fill = (directory: string): undefined => {
    for (const name of ["bin", "etc", "proc", "dev", "sys", "tmp"]) mkdirSync(join(directory, name));
    copyFileSync("/bin/busybox", join(directory, "bin/busybox"));
    for (const name of ["sh", "true", "sleep", "pwd", "grep", "ls", "readlink"])
      symlinkSync("busybox", join(directory, "bin", name));
    copyFileSync(program, join(directory, "watch"));
    writeFileSync(join(directory, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n");
    writeFileSync(join(directory, "self"), "#!/proc/self/exe\n");
    chmodSync(join(directory, "self"), 0o755);
    for (let fd = 3; fd < 64; fd += 1) symlinkSync(`/proc/self/fd/${fd}`, join(directory, `fd${fd}`));
    return undefined;
  };
  const config = [
    "--config.cmd",
    "sh",
    "--config.env",
    "PATH=/bin",
    "--config.label",
    `program=${program.split("-").at(-1)}`,
  ];
  return makeLayout("join-watch", [{ tag: "latest", layers: [fill], config }]);
}

async function watchProgram(): Promise<string> {
  const source = join(projectRoot, "test/native/join-watch.c");
  const digest = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 12);
  const program = join(fixtureDirectory, `join_watch-${digest}`);
  if (existsSync(program)) return program;
  mkdirSync(fixtureDirectory, { recursive: true });
  const fresh = `${program}.${process.pid}`;
  await runTool("gcc", ["-std=gnu17", "-static", "-O2", "-Wall", "-Wextra", "-Werror", "-o", fresh, source]);
  renameSync(fresh, program);
  return program;
}

/** Runs a container that watches while `act` makes others join it, and returns what it saw. */
export async function watchWhile(
  { root, image, name, flags }: { root: TestRoot; image: string; name: string; flags: readonly string[] },
  act: () => Promise<void>,
): Promise<WatchReport> {
  const limits = ["--network", "none", "--ulimit", "nofile=1024:1024"];
  const brig = new BrigProcess(["run", "--rm", "--name", name, ...limits, ...flags, image, "/watch"], root);
  try {
    await brig.waitForOutput(/watching/);
    await act();
    brig.child.kill("SIGTERM");
    await brig.ended;
    return JSON.parse(brig.stdout.trim().split("\n").at(-1) ?? "") as WatchReport; // our own program's output
  } finally {
    brig.dispose();
  }
}
