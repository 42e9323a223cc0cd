// A dockerd of the bench's own: its directories, its socket, and mount and network namespaces in which it may do as it
// likes. It ends with the bench.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeGroups } from "./groups.mjs";

/** Debian's; another `docker` that comes first on the PATH may be of another version than the server. */
const [client, server] = ["/usr/bin/docker", "/usr/sbin/dockerd"];
const startMs = 30_000;
/** Its own namespaces (unshare(1)). */
const apart = ["/usr/bin/unshare", "--mount", "--net", "--propagation", "private"];
/** An end with whoever started it (setpriv(1)). */
const tied = ["/usr/bin/setpriv", "--pdeathsig", "TERM"];
const withoutNetwork = [
  ...["--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"],
];

/** Resolves with an engine, or with why there is none. In a place it has a bridge, and elsewhere no network. */
export async function openDocker(directory, place) {
  if (!existsSync(server) || !existsSync(client)) return { name: "docker", missing: "docker.io is not installed" };
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const said = [];
  for (const storage of ["overlay2", "vfs"]) {
    const daemon = startDaemon(directory, storage, place);
    if (await daemon.answers()) return engineOf(directory, daemon, storage);
    await daemon.stop();
    said.push(`${storage}: ${daemon.lastWords()}`);
  }
  return { name: "docker", missing: `dockerd does not run here (${said.join("; ")})` };
}

function startDaemon(directory, storage, place) {
  const log = join(directory, `${storage}.log`);
  const config = join(directory, "daemon.json");
  writeFileSync(config, "{}");
  const exec = place === undefined ? join(directory, "exec") : "/run/docker";
  const own = [
    ...["--config-file", config, "--data-root", join(directory, "data"), "--exec-root", exec],
    ...["--pidfile", join(directory, "pid"), "-H", socketOf(directory), "--storage-driver", storage],
    ...(place === undefined ? withoutNetwork : []),
    ...["--userland-proxy=false", "--log-level", "error"],
  ];
  const output = openSync(log, "a");
  const [program, ...args] = [...(place?.enter([]) ?? apart), ...tied, server, ...own];
  const child = spawn(program, args, {
    stdio: ["ignore", output, output],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: directory },
  });
  closeSync(output);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid,
    async answers() {
      for (const deadline = Date.now() + startMs; !isOver() && Date.now() < deadline; ) {
        if (spawnSync(client, ["version"], { env: clientEnv(directory) }).status === 0) return true;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return false;
    },
    async stop() {
      if (isOver()) return;
      const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
      child.kill("SIGTERM");
      await ended;
      clearTimeout(timer);
    },
    lastWords: () => readFileSync(log, "utf8").trim().split("\n").at(-1)?.slice(-300) ?? "it said nothing",
  };
}

const socketOf = (directory) => `unix://${join(directory, "docker.sock")}`;

const clientEnv = (directory) => ({
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: directory,
  DOCKER_HOST: socketOf(directory),
});

function engineOf(directory, daemon, storage) {
  const env = clientEnv(directory);
  const version = spawnSync(client, ["version", "--format", "{{.Server.Version}}"], { env, encoding: "utf8" });
  return {
    name: "docker",
    describe: `docker ${version.stdout.trim()} (${storage})`,
    image: "bench:1",
    argv: (words) => [client, ...words],
    env,
    runFlags: [],
    removeFlags: [],
    /** Who belongs to a container, and who is there once. */
    keepers: { each: ["containerd-shim"], once: ["dockerd", "containerd"], ofThem: { namespace: daemon.pid } },
    async close() {
      await daemon.stop();
      removeGroups("docker");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
