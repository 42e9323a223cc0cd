/** What `doctor` looked at (`title`), what it found and what can be done about it: one line each, by the ids of its checks. */
export const english = {
  kernel: {
    title: "kernel",
    tooOld: ({ floor }: { floor: string }) => `brig needs Linux ${floor} or later`,
  },
  root: {
    title: "root with all capabilities",
    good: "root",
    user: ({ uid }: { uid: number }) => `user ${uid}`,
    userAdvice: "run brig as root; only plan, version and doctor work without",
    without: ({ names }: { names: string }) => `root without ${names}`,
    withoutAdvice: "give these capabilities to whatever starts brig",
  },
  helper: {
    title: "native helper",
    missing: ({ path }: { path: string }) => `${path} is missing`,
    notExecutable: ({ path }: { path: string }) => `${path} is not executable`,
    advice: "build it: npm run setup",
  },
  dataRoot: {
    title: "file system of the data root",
    place: ({ fileSystem, path }: { fileSystem: string; path: string }) => `${fileSystem} at ${path}`,
    futurePlace: ({ fileSystem, path }: { fileSystem: string; path: string }) =>
      `${fileSystem} at ${path} (made when it is first needed)`,
    inMemory: "images and containers are lost at the next boot; choose a disk with --root DIR",
    notStackable: ({ fileSystem }: { fileSystem: string }) =>
      `overlay cannot be stacked on ${fileSystem}; choose a local disk with --root DIR`,
  },
  dataSpace: {
    title: "space in the data root",
    free: ({ space, files }: { space: string; files: number }) => `${space} and ${files} files free`,
    freeWithoutLimit: ({ space }: { space: string }) => `${space} and any number of files free`,
    advice: 'remove what is not needed ("brig rmi"), or move the data root with "--root DIR"',
  },
  openFiles: {
    title: "open files",
    found: ({ soft, hard }: { soft: number; hard: number }) => `${soft} (at most ${hard})`,
    advice: ({ hard, wanted }: { hard: number; wanted: number }) =>
      `containers get at most ${hard} instead of ${wanted}: raise the hard limit of whatever starts brig`,
  },
  userNamespaces: {
    title: "number of user namespaces",
    none: "none allowed",
    allow: ({ command }: { command: string }) => `allow them: ${command}`,
    few: ({ command }: { command: string }) => `one container needs one: ${command}`,
  },
  inotify: {
    instances: "inotify instances",
    watches: "inotify watches",
    absent: "not in this kernel",
    absentAdvice: "programs that watch files will not work: CONFIG_INOTIFY_USER",
    low: ({ setting }: { setting: string }) => `file watchers of several containers share it: sysctl ${setting}`,
  },
  tools: {
    notFound: "not found",
    nft: "needed to publish ports: apt-get install nftables",
    ip: "needed for bridge networks: apt-get install iproute2",
  },
  securityModules: {
    title: "security modules",
    none: "none: user namespaces, capabilities and seccomp confine containers",
    unseen: "AppArmor confines no container: mount securityfs at /sys/kernel/security",
    noParser: "AppArmor confines no container: apt-get install apparmor",
    noContexts:
      "SELinux labels no container: the policy has no contexts/lxc_contexts, which the package container-selinux brings",
  },
  clock: {
    title: "system clock",
    behind: ({ now }: { now: string }) => `${now}, before brig was built`,
    advice: "set the clock: certificates of registries cannot be checked with a wrong one",
  },
  features: {
    title: "kernel features",
    notTried: "not tried",
    build: "build the helper: npm run setup",
    asRoot: "run brig doctor as root",
    works: "works",
    kernelWith: ({ option }: { option: string }) => `use a kernel with ${option}`,
    userNamespace: {
      title: "user namespaces",
      advice: 'raise user.max_user_namespaces, or run containers with "--userns host"',
    },
    timeNamespace: {
      title: "time namespaces",
      advice: "only needed by containers with a clock of their own: CONFIG_TIME_NS",
    },
    mqueue: { title: "POSIX message queues" },
    overlay: { title: "overlay file system", advice: "load the module: modprobe overlay" },
    idmap: {
      title: "idmapped mounts on the data root",
      advice:
        'move the data root to ext4, xfs or btrfs with "--root DIR"; until then containers use the host\'s user namespace',
    },
    deviceFilter: { title: "device filter (eBPF)", option: "CONFIG_CGROUP_BPF, and CAP_BPF or CAP_SYS_ADMIN for brig" },
  },
  cgroup: {
    title: "cgroup v2",
    notMounted: "not mounted",
    mount: "mount it: mount -t cgroup2 none /sys/fs/cgroup",
    mounted: ({ path }: { path: string }) => `mounted at ${path}`,
    part: ({ path }: { path: string }) => `a part of the hierarchy is mounted at ${path}`,
    partAdvice: "limits work only when no process sits in the top group of the mount: move them to a group below it",
  },
  delegation: {
    title: "groups of systemd",
    kept: "brig.service holds those of containers",
    absent: "it is asked for brig.service when the first container starts",
    unheld: "containers have theirs without systemd, which may take controllers and limits away",
    unheldAdvice: "stop the containers and start them again; systemctl status brig.service may say why",
    mute: "systemd-run is not installed, so containers get groups that systemd does not know of",
    muteAdvice: "install it; it is part of systemd",
  },
  controller: {
    title: ({ name }: { name: string }) => `${name} controller`,
    offered: "offered to cgroup v2",
    v1: "bound to cgroup v1",
    v1At: ({ path }: { path: string }) => `bound to cgroup v1 at ${path}`,
    v1Advice: ({ flags }: { flags: string }) =>
      `for ${flags} boot with systemd.unified_cgroup_hierarchy=1, without systemd cgroup_no_v1=all on the kernel command line`,
    occupied: "kept by the top group",
    occupiedAdvice: ({ flags }: { flags: string }) =>
      `for ${flags} move the processes of the top group to a group below it`,
    disabled: "disabled at boot",
    disabledAdvice: ({ flags }: { flags: string }) =>
      `for ${flags} remove cgroup_disable= from the kernel command line`,
    absent: "not in this kernel",
    absentAdvice: ({ flags, name }: { flags: string; name: string }) =>
      `for ${flags} use a kernel with the ${name} controller`,
  },
  swap: {
    title: "swap accounting",
    good: "with the memory controller",
    noSwap: "this kernel cannot swap",
    noSwapAdvice: "--memory-swap has no effect here, and needs none",
    noMemory: "no memory controller",
    noMemoryAdvice: "--memory-swap comes with the memory controller",
  },
  forwarding: {
    title: "packets of bridges",
    unreadable: "the rules of nft cannot be read",
    unreadableAdvice: "try: nft -j list ruleset",
    good: "no other table drops them",
    drops: ({ chain, bridges }: { chain: string; bridges: string }) =>
      `the policy of ${chain} drops those of ${bridges}`,
    dropsAndMore: ({ chain, bridges, more }: { chain: string; bridges: string; more: number }) =>
      `the policy of ${chain} drops those of ${bridges}, and ${more} more`,
    advice: ({ remedy }: { remedy: string }) =>
      `containers reach nothing outside and published ports are not reached: ${remedy}`,
  },
};
