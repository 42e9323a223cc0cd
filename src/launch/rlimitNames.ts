/** The limits of getrlimit(2) by their numbers, which are the same on every architecture that brig runs on (asm-generic/resource.h). */
export const rlimitNames: readonly string[] = [
  ...["cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending"],
  ...["msgqueue", "nice", "rtprio", "rttime"],
];
