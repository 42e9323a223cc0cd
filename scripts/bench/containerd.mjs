// A containerd of the bench's own, for its client ctr.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [client, server] = ["/usr/bin/ctr", "/usr/bin/containerd"];
const startMs = 20_000;
const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

/** Resolves with its way to be called, or with why there is none. The caller ends with `close`. */
export async function openContainerd(directory, place) {
  if (!existsSync(client) || !existsSync(server)) return { name: "ctr", missing: "containerd is not installed" };
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const config = join(directory, "config.toml");
  writeFileSync(config, 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n');
  const socket = "/run/bench-containerd/socket";
  const own = ["--config", config, "--root", join(directory, "root"), "--state", "/run/bench-containerd/state"];
  const [program, ...args] = place.enter(["/usr/bin/setpriv", "--pdeathsig", "TERM", server, ...own, "-a", socket]);
  const child = spawn(program, args, { stdio: "ignore", env });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const argv = (words) => place.enter([client, "-a", socket, "-n", "bench", ...words]);
  const close = async () => {
    child.kill("SIGTERM");
    await closed;
    rmSync(directory, { recursive: true, force: true });
  };
  const ask = () => spawnSync(argv(["version"])[0], argv(["version"]).slice(1), { env, encoding: "utf8" });
  for (const deadline = Date.now() + startMs; Date.now() < deadline && child.exitCode === null; ) {
    const { status, stdout } = ask();
    if (status === 0)
      return { name: "ctr", describe: `containerd ${version(stdout)}`, argv, env, pid: child.pid, close };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await close();
  return { name: "ctr", missing: "containerd does not run here" };
}

const version = (text) => /Version:\s+(\S+)/.exec(text)?.[1] ?? "";
