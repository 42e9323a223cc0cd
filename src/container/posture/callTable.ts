const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

export interface CallGroup {
  readonly name: string;
  readonly calls: readonly string[];
  readonly why: string;
}

/**
 * The calls that Docker's default profile refuses to a container with its default capabilities: those that moby's
 * profiles/seccomp/default.json does not name, in groups. Docker's page "Seccomp security profiles for Docker" tells why.
 */
export const refusedCalls: readonly CallGroup[] = [
  { name: "keyrings", calls: words("add_key keyctl request_key"), why: "Keys of the kernel know no namespaces." },
  {
    name: "kernel modules",
    calls: words("create_module init_module finit_module delete_module get_kernel_syms query_module"),
    why: "They load code into the kernel.",
  },
  { name: "another kernel", calls: words("kexec_load kexec_file_load"), why: "They start another kernel." },
  { name: "restarting the machine", calls: words("reboot"), why: "It ends or restarts what is not the container's." },
  { name: "swap space", calls: words("swapon swapoff"), why: "They change the memory of the whole machine." },
  {
    name: "mounting, the old way",
    calls: words("mount umount umount2 pivot_root"),
    why: "They change what is seen of file systems, and take images of file systems apart in the kernel.",
  },
  {
    name: "mounting, by descriptors",
    calls: words("fsopen fsconfig fsmount fspick move_mount open_tree open_tree_attr mount_setattr"),
    why: "They change what is seen of file systems, and take images of file systems apart in the kernel.",
  },
  {
    name: "entering and leaving namespaces",
    calls: words("setns unshare"),
    why: "They make a process root of a namespace of its own, which opens up much kernel code.",
  },
  { name: "programs in the kernel", calls: words("bpf"), why: "It loads programs that run in the kernel." },
  {
    name: "measuring the machine",
    calls: words("perf_event_open lookup_dcookie"),
    why: "They show what other processes do, and have had many holes.",
  },
  {
    name: "other processes",
    calls: words("kcmp pidfd_getfd process_madvise"),
    why: "They reach into descriptors and memory of other processes.",
  },
  {
    name: "io_uring",
    calls: words("io_uring_setup io_uring_enter io_uring_register"),
    why: "It does the work of other calls where no filter sees it.",
  },
  { name: "page faults in user space", calls: words("userfaultfd"), why: "It holds the kernel up at a chosen place." },
  {
    name: "the clock",
    calls: words("settimeofday stime clock_settime clock_settime64"),
    why: "The clock is that of the whole machine.",
  },
  { name: "names of the host", calls: words("sethostname setdomainname"), why: "They change what the host is called." },
  {
    name: "quotas",
    calls: words("quotactl quotactl_fd nfsservctl"),
    why: "They change limits of file systems that others use as well.",
  },
  { name: "accounting", calls: words("acct"), why: "It makes the kernel write of every process that ends." },
  { name: "ports of the hardware", calls: words("iopl ioperm"), why: "They give a process access to the hardware." },
  {
    name: "placing memory",
    calls: words("mbind set_mempolicy get_mempolicy set_mempolicy_home_node migrate_pages move_pages"),
    why: "They tell where memory lies and move that of others.",
  },
  { name: "messages of the kernel", calls: words("syslog"), why: "They tell addresses and what happens on the host." },
  { name: "files by handles", calls: words("open_by_handle_at"), why: "A handle leads out of the container's mounts." },
  { name: "watching whole file systems", calls: words("fanotify_init"), why: "It sees and holds up what others open." },
  { name: "hanging up terminals", calls: words("vhangup"), why: "It takes a terminal from its users." },
  { name: "8086 mode", calls: words("vm86 vm86old"), why: "It reaches old kernel code that nothing else needs." },
  {
    name: "security modules",
    calls: words("lsm_get_self_attr lsm_set_self_attr lsm_list_modules"),
    why: "They show and change how a security module confines a process.",
  },
  {
    name: "attributes of files",
    calls: words("file_getattr file_setattr"),
    why: "They are young, and file systems answer them each in their own way.",
  },
  {
    name: "calls without a use",
    calls: words("uselib ustat sysfs _sysctl afs_syscall getpmsg putpmsg security tuxcall vserver bdflush idle"),
    why: "Nothing uses them any more, so that nobody looks for their faults.",
  },
];

/** Calls that a filter of Docker's decides by their arguments, or that are asked for on their own. */
export const weighedCalls: ReadonlySet<string> = new Set(words("socket clone clone3 personality socketcall"));

/** The kernel makes them itself where a probe is set, and passes them by every filter (since Linux 6.14 and 6.18). */
export const unfilteredCalls: ReadonlySet<string> = new Set(words("uprobe uretprobe"));
