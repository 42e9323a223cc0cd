// A network namespace that stands for a host: what engines do to the network happens there, and the machine's own stays as
// it is. What they keep of networks in directories of the system is thrown away with it.
import { spawn } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";

const path = "/usr/sbin:/usr/bin:/sbin:/bin";
/** The address of that host on its way out, which leads nowhere (RFC 5737). */
export const hostAddress = "192.0.2.1";
/** Where engines keep what no reboot survives (file-hierarchy(7)), and where the plugins of podman keep networks. */
const scratch = ["/run", "/var/lib/cni", "/etc/cni/net.d"];

const script = `
set -e
ip link set dev lo up
ip link add name out0 type veth peer name out1
ip addr add ${hostAddress}/24 dev out0
ip link set dev out0 up
ip link set dev out1 up
for directory in ${scratch.join(" ")}; do
  [ ! -d "$directory" ] || mount -t tmpfs tmpfs "$directory"
done
echo ready
exec sleep infinity`;

/** Resolves once it is there; the caller ends with `close`. `enter(argv)` is the argv that runs a program in it. */
export async function openOwnNetwork() {
  const apart = ["--mount", "--net", "--propagation", "private", "--", "/usr/bin/setpriv", "--pdeathsig", "TERM"];
  const child = spawn("/usr/bin/unshare", [...apart, "/bin/sh", "-c", script], {
    env: { PATH: path },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const ready = new Promise((resolve) => child.stdout.once("data", () => resolve(true)));
  if ((await Promise.race([ready, closed])) !== true) throw new Error("a network namespace cannot be made");
  return {
    enter: (argv) => ["/usr/bin/nsenter", `--target=${child.pid}`, "--mount", "--net", "--", ...argv],
    countProcesses: () => countIn(readlinkSync(`/proc/${child.pid}/ns/net`)),
    close() {
      child.kill("SIGTERM");
      return closed;
    },
  };
}

/** Processes in a network namespace. */
function countIn(namespace) {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && namespaceOf(pid) === namespace).length;
}

function namespaceOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined; // it has ended
  }
}
