/** What containers are confined by where the host has AppArmor. */
export const ownAppArmorProfile = "brig-default";

/**
 * Our own profile (apparmor.d(5)): what a container must not do even where another protection fails. Files, sockets and
 * capabilities are left to the mounts, the namespaces and the capability sets, which say it better; what stays is what they
 * cannot say twice: mounting, the kernel's own files, and processes outside. Text for apparmor_parser(8). Pure.
 *
 * @param knowsAbi whether the parser has the file that says what the rules of AppArmor 3.0 meant
 */
export function appArmorProfile(knowsAbi: boolean): string {
  const name = ownAppArmorProfile;
  const rules = `
  # Left to namespaces, capabilities and modes of files.
  network,
  unix,
  capability,
  file,
  umount,

  # The kernel's crypto sockets wrote to pages of other containers' files (CVE-2026-31431).
  deny network alg,

  # Nobody in a container mounts: a mount is how masks are taken away.
  deny mount,

  # Processes: the container's own, and what is outside may end them.
  signal (send, receive) peer=${name},
  signal (receive) peer=unconfined,
  ptrace (trace, read, tracedby, readby) peer=${name},

  # /proc: each process's own directory, and of the settings those of System V memory.
${denied("/proc", ["sys"], "w", { numbers: true })}
${denied("/proc/sys", ["kernel"], "w")}
${denied("/proc/sys/kernel", ["shm"], "w")}
  deny /proc/* w,
  deny /proc/{sysrq-trigger,kcore} rwklx,

  # /sys: nothing but the container's own groups, and nothing of firmware, power meters and security modules.
${denied("/sys", ["fs"], "wklx")}
${denied("/sys/fs", ["cgroup"], "wklx")}
  deny /sys/firmware/** rwklx,
  deny /sys/devices/virtual/powercap/** rwklx,
  deny /sys/kernel/security/** rwklx,
`;
  const abi = knowsAbi ? "abi <abi/3.0>,\n" : "";
  return `${abi}profile ${name} flags=(attach_disconnected,mediate_deleted) {${rules}}\n`;
}

/**
 * Rules that deny `access` to everything below a directory but to what begins with one of `words`. AppArmor has no "all but":
 * a name is another one when it leaves the word at some character, or ends before it.
 */
function denied(
  directory: string,
  words: readonly string[],
  access: string,
  { numbers = false }: { readonly numbers?: boolean } = {},
): string {
  const firsts = words.map((word) => word[0]).join("");
  const others = words.flatMap((word) =>
    [...word].slice(1).flatMap((letter, index) => {
      const begun = word.slice(0, index + 1);
      return [`${begun}[^${letter}]**`, begun];
    }),
  );
  const first = `[^${firsts}${numbers ? "0-9" : ""}]**`;
  return [first, ...others]
    .map((pattern) => `  deny ${directory}/${pattern.endsWith("**") ? pattern : `${pattern}{,/**}`} ${access},`)
    .join("\n");
}
