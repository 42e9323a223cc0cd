// Debian packages that brig itself, its build and its tests need, each with a file that tells whether it is there.
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { runQuiet, StepFailure } from "./command.mjs";

const groups = {
  runtime: { iproute2: ["/usr/sbin/ip", "/sbin/ip", "/bin/ip"], nftables: ["/usr/sbin/nft"] },
  build: { gcc: ["/usr/bin/gcc"], make: ["/usr/bin/make"], "libc6-dev": ["/usr/lib/*/libc.a"] },
  test: {
    "docker-registry": ["/usr/bin/docker-registry"],
    skopeo: ["/usr/bin/skopeo"],
    umoci: ["/usr/bin/umoci"],
    runc: ["/usr/sbin/runc"],
    crun: ["/usr/bin/crun"],
    mmdebstrap: ["/usr/bin/mmdebstrap"],
    "busybox-static": ["/usr/share/doc/busybox-static"],
    tmux: ["/usr/bin/tmux"],
    zsh: ["/usr/bin/zsh"],
    fish: ["/usr/bin/fish"],
    mandoc: ["/usr/bin/mandoc"],
    "groff-base": ["/usr/bin/groff"],
    systemd: ["/lib/systemd/systemd-journald"],
    chromium: ["/usr/bin/chromium"],
    attr: ["/usr/bin/getfattr"],
    e2fsprogs: ["/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4"],
    strace: ["/usr/bin/strace"],
    zstd: ["/usr/bin/zstd"],
    "xz-utils": ["/usr/bin/xz"],
    "libseccomp-dev": ["/usr/include/seccomp.h"],
    apparmor: ["/usr/sbin/apparmor_parser", "/sbin/apparmor_parser"],
    secilc: ["/usr/bin/secilc"],
    "ca-certificates": ["/etc/ssl/certs/ca-certificates.crt"],
  },
  fuzz: { "clang-14": ["/usr/bin/clang-14"], "libclang-rt-14-dev": ["/usr/lib/llvm-14/lib/clang/*/lib"] },
  bench: {
    "docker.io": ["/usr/sbin/dockerd"],
    podman: ["/usr/bin/podman"],
    iptables: ["/usr/sbin/iptables"],
    "containernetworking-plugins": ["/usr/lib/cni/bridge"],
    iperf3: ["/usr/bin/iperf3"],
    zstd: ["/usr/bin/zstd"],
  },
  demo: { "busybox-static": ["/usr/share/doc/busybox-static"] },
};

const policyFile = "/usr/sbin/policy-rc.d";

/**
 * Installs what is missing of the named groups through apt: `apt-get update` once, then one install. Needs root and
 * Debian only when something is missing.
 */
export function ensurePackages(groupNames) {
  const missing = groupNames.flatMap((group) => missingOf(groups[group]));
  const packages = [...new Set(missing)];
  if (packages.length === 0) return;
  const remedy = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  if (process.getuid() !== 0)
    throw new StepFailure(`system packages are missing: ${packages.join(" ")}`, `sudo sh -c '${remedy}'`);
  if (!existsSync("/usr/bin/apt-get")) {
    throw new StepFailure(
      `this system has no apt, and these are missing: ${packages.join(" ")}`,
      "install what these Debian packages hold by your system's own means",
    );
  }
  process.stdout.write(`installing ${packages.join(" ")}\n`);
  const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  withoutServices(() => {
    runQuiet("apt-get", ["-qq", "update"], { env, remedy });
    runQuiet("apt-get", ["-qqy", "install", "--no-install-recommends", ...packages], { env, remedy });
  });
  if (packages.includes("docker-registry")) disableRegistryService();
  const still = groupNames.flatMap((group) => missingOf(groups[group]));
  if (still.length > 0) throw new StepFailure(`still missing after their installation: ${still.join(" ")}`, remedy);
}

function missingOf(packages) {
  return Object.keys(packages).filter((name) => !packages[name].some(isThere));
}

function isThere(path) {
  const star = path.indexOf("*");
  if (star < 0) return existsSync(path);
  const directory = path.slice(0, star);
  return (
    existsSync(directory) && readdirSync(directory).some((name) => existsSync(directory + name + path.slice(star + 1)))
  );
}

/** Keeps maintainer scripts from starting servers (policy-rc.d(8)): docker-registry would listen on every address. */
function withoutServices(install) {
  const own = !existsSync(policyFile);
  if (own) writeFileSync(policyFile, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    install();
  } finally {
    if (own) rmSync(policyFile, { force: true });
  }
}

function disableRegistryService() {
  if (!existsSync("/run/systemd/system")) return;
  runQuiet("systemctl", ["disable", "--now", "docker-registry.service"]);
}
