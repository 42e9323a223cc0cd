// podman with directories of the bench's own.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeGroups } from "./groups.mjs";

const program = "/usr/bin/podman";

/** Returns an engine, or why there is none. */
export function openPodman(directory, place) {
  if (!existsSync(program)) return { name: "podman", missing: "podman is not installed" };
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const run = place === undefined ? directory : "/run";
  const own = [
    ...["--root", join(directory, "root"), "--runroot", join(run, "containers"), "--tmpdir", join(run, "libpod")],
    ...["--cgroup-manager", "cgroupfs", "--events-backend", "file", "--storage-driver", "overlay", "--runtime", "runc"],
  ];
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: directory };
  const version = spawnSync(program, ["version", "--format", "{{.Client.Version}}"], { env, encoding: "utf8" });
  return {
    name: "podman",
    describe: `podman ${version.stdout.trim()} with runc`,
    image: "localhost/bench:1",
    argv: (words) => [program, ...own, ...words],
    env,
    runFlags: [`--ulimit=nofile=${hardLimit("open files")}`, `--ulimit=nproc=${hardLimit("processes")}`],
    removeFlags: ["-t", "0"],
    keepers: { each: ["conmon"], once: [], ofThem: { words: directory } },
    close() {
      const [command, ...args] = [...(place?.enter([]) ?? []), program, ...own, "rm", "-af", "-t", "0"];
      spawnSync(command, args, { env });
      removeGroups("libpod_parent");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Its own defaults are above what may be set without CAP_SYS_RESOURCE (proc_pid_limits(5)); less is enough. */
function hardLimit(name) {
  const limits = readFileSync("/proc/self/limits", "utf8");
  const hard = Number(new RegExp(`^Max ${name} +\\S+ +(\\d+)`, "m").exec(limits)?.[1] ?? mostNeeded);
  const limit = Math.min(hard, mostNeeded);
  return `${limit}:${limit}`;
}

const mostNeeded = 20_000;
