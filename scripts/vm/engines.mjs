// The machines that tests can run in: which Debian packages each is made of, and how it is started.
import { existsSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { runQuiet } from "../steps/command.mjs";
import { unpackPackages } from "./packages.mjs";

/** The multiarch directory of Debian's libc, where the loader of an unpacked libc6 lies. */
const libraries = "usr/lib/x86_64-linux-gnu";

/**
 * User-mode Linux: a kernel that is an ordinary process. Fast to boot, one processor, no cpuset.
 *
 * The kernel of a newer release needs that release's C library, which is unpacked beside it and written into the
 * executable (it starts itself again through /proc/self/exe, so starting it with an explicit loader would not last).
 */
function userModeLinux(suite, { selinux = 0 } = {}) {
  return {
    tools: suite === "bookworm" ? [] : [["/usr/bin/patchelf", "patchelf"]],
    prepare(directory, finalDirectory) {
      const foreignLibc = suite !== "bookworm";
      unpackPackages({ suite, packages: ["user-mode-linux", ...(foreignLibc ? ["libc6"] : [])], directory });
      if (!foreignLibc) return;
      const lib = join(finalDirectory, libraries);
      const kernel = join(directory, "usr/bin/linux.uml");
      runQuiet("patchelf", ["--set-interpreter", join(lib, "ld-linux-x86-64.so.2"), "--set-rpath", lib, kernel]);
    },
    modules: (directory) => join(directory, "usr/lib/uml/modules"),
    terminals: { out: "/dev/ttyS0", err: "/dev/ttyS1", disk: "/dev/ubda" },
    /** File descriptors 3 and 4 are the command's stdout and stderr. */
    arguments: ({ directory, machine, memory, init, disk }) => [
      join(directory, "usr/bin/linux.uml"),
      `mem=${memory}`,
      "seccomp=auto",
      `selinux=${selinux}`,
      "enforcing=0",
      "quiet",
      "root=/dev/root rootfstype=hostfs rootflags=/ rw".split(" "),
      `init=${init}`,
      `uml_dir=${machine}/`,
      "umid=uml",
      "con=null con0=null,fd:1 ssl=null ssl0=null,fd:3 ssl1=null,fd:4".split(" "),
      ...(disk === undefined ? [] : [`ubd0=${disk}`]),
      `VM=${machine}`,
    ],
    sidecar: undefined,
  };
}

/** QEMU in pure emulation with Debian's stock kernel: slow, but with every controller and module of a real machine. */
const emulated = {
  tools: [
    ["/usr/bin/qemu-system-x86_64", "qemu-system-x86"],
    ["/usr/lib/qemu/virtiofsd", "qemu-system-common"],
    ["/usr/bin/xz", "xz-utils"],
  ],
  prepare(directory) {
    unpackPackages({ suite: "trixie", packages: ["linux-image-cloud-amd64"], directory });
    const kernel = readdirSync(join(directory, "boot")).find((name) => name.startsWith("vmlinuz-"));
    renameSync(join(directory, "boot", kernel), join(directory, "vmlinuz"));
    // busybox's depmod and modprobe read neither xz nor a directory other than lib/modules.
    const modules = join(directory, "usr/lib/modules");
    const packed = readdirSync(modules, { recursive: true }).filter((name) => name.endsWith(".ko.xz"));
    for (let at = 0; at < packed.length; at += 200) {
      runQuiet("xz", ["--decompress", ...packed.slice(at, at + 200).map((name) => join(modules, name))]);
    }
    if (!existsSync(join(directory, "lib"))) symlinkSync("usr/lib", join(directory, "lib"));
    runQuiet("busybox", ["depmod", "-b", directory, readdirSync(modules)[0]]);
    rmSync(join(directory, "boot"), { recursive: true });
  },
  modules: (directory) => join(directory, "usr/lib/modules"),
  terminals: { out: "port:out", err: "port:err", disk: "/dev/vda" },
  arguments: ({ directory, machine, memory, cpus, init, disk }) => [
    "/usr/bin/qemu-system-x86_64",
    "-M q35 -nodefaults -no-user-config -display none -no-reboot".split(" "),
    // With several emulation threads, QEMU 7.2's cmpxchg16b returns wrong flags; without cx16 kernels do not use it.
    "-accel tcg,thread=multi,tb-size=512 -cpu max,-cx16".split(" "),
    ["-smp", String(cpus), "-m", memory, "-serial", `file:${machine}/console`],
    // virtiofs shares memory with its server, hence the memory backend.
    ["-object", `memory-backend-memfd,id=memory,size=${memory},share=on`, "-numa", "node,memdev=memory"],
    ["-chardev", `socket,id=tree,path=${machine}/tree`, "-device", "vhost-user-fs-pci,chardev=tree,tag=host"],
    ["-device", "virtio-serial"],
    ["-chardev", "socket,id=out,fd=3", "-device", "virtserialport,name=out,chardev=out"],
    ["-chardev", "socket,id=err,fd=4", "-device", "virtserialport,name=err,chardev=err"],
    ...(disk === undefined ? [] : [["-drive", `file=${disk},format=raw,if=virtio`]]),
    ["-kernel", join(directory, "vmlinuz")],
    [
      "-append",
      // On a busy host the emulated timer may be late when the kernel looks whether it works at all.
      "console=ttyS0 quiet panic=-1 mitigations=off nokaslr no_timer_check root=host rootfstype=virtiofs rw " +
        `init=${init} VM=${machine}`,
    ],
  ],
  /** Serves the host's file tree to the machine; it ends when QEMU hangs up. */
  sidecar: (machine) => ({
    argv: ["/usr/lib/qemu/virtiofsd", `--socket-path=${machine}/tree`, "-o", "source=/,cache=always,sandbox=chroot"],
    ready: join(machine, "tree"),
  }),
};

/** What lies over this system's own files in a machine: systemd of the next release, with the libraries that it is linked with. */
const nextSystemd = {
  suite: "trixie",
  packages:
    "systemd libsystemd-shared libsystemd0 libc6 libacl1 libapparmor1 libaudit1 libblkid1 libcap2 libcap-ng0 libcrypt1 libmount1 libpam0g libpcre2-8-0 libseccomp2 libselinux1 libssl3t64 libzstd1 zlib1g".split(
      " ",
    ),
};

export const engines = {
  uml: userModeLinux("sid"),
  floor: userModeLinux("bookworm"),
  /** The same kernel and the same files as "uml". */
  selinux: { ...userModeLinux("sid", { selinux: 1 }), files: "uml" },
  tcg: emulated,
  /** The same kernel again, with Debian's systemd as process 1. */
  systemd: { ...userModeLinux("sid"), files: "uml", first: "systemd" },
  /** And with that of the next release. */
  "systemd-next": { ...userModeLinux("sid"), files: "uml", first: "systemd", over: nextSystemd },
};
