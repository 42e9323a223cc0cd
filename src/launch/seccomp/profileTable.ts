const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

/**
 * System calls that every container may make, whatever their arguments, of all ABIs together. Left out is what
 * reaches beyond the container or into rarely used kernel code: namespaces and mounts, modules, keyrings, tracing and
 * profiling interfaces, io_uring, userfaultfd, clocks, swap, reboot, and interfaces that nothing uses any more.
 */
export const allowedCalls: Readonly<Record<string, readonly string[]>> = {
  filesAndDescriptors: words(`
    open openat openat2 creat close close_range dup dup2 dup3 fcntl fcntl64 flock
    read pread64 readv preadv preadv2 write pwrite64 writev pwritev pwritev2 lseek _llseek readahead
    copy_file_range sendfile sendfile64 splice tee vmsplice ioctl pipe pipe2
    sync syncfs fsync fdatasync sync_file_range fadvise64 fadvise64_64 fallocate
    truncate truncate64 ftruncate ftruncate64 memfd_create memfd_secret cachestat`),
  namesAndAttributes: words(`
    access faccessat faccessat2 stat stat64 lstat lstat64 fstat fstat64 fstatat64 newfstatat statx
    statfs statfs64 fstatfs fstatfs64 statmount listmount getcwd chdir fchdir chmod fchmod fchmodat fchmodat2
    chown chown32 fchown fchown32 fchownat lchown lchown32 umask utime utimes utimensat utimensat_time64 futimesat
    link linkat symlink symlinkat readlink readlinkat unlink unlinkat rename renameat renameat2
    mkdir mkdirat rmdir mknod mknodat getdents getdents64 name_to_handle_at
    setxattr lsetxattr fsetxattr setxattrat getxattr lgetxattr fgetxattr getxattrat
    listxattr llistxattr flistxattr listxattrat removexattr lremovexattr fremovexattr removexattrat`),
  waitingForEvents: words(`
    select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64
    epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait epoll_wait_old epoll_pwait epoll_pwait2
    eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_settime64 timerfd_gettime
    timerfd_gettime64 inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_mark
    io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents io_pgetevents_time64`),
  memory: words(`
    brk mmap mmap2 munmap mremap mprotect msync madvise mincore mlock mlock2 mlockall munlock munlockall mseal
    remap_file_pages pkey_alloc pkey_free pkey_mprotect map_shadow_stack membarrier`),
  processes: words(`
    fork vfork execve execveat exit exit_group wait4 waitid waitpid getpid getppid gettid set_tid_address
    getpgid getpgrp setpgid getsid setsid prctl ptrace process_vm_readv process_vm_writev process_mrelease
    pidfd_open pidfd_send_signal kill tkill tgkill restart_syscall rseq
    arch_prctl modify_ldt set_thread_area get_thread_area uprobe uretprobe`),
  identity: words(`
    getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getgroups getgroups32
    getresuid getresuid32 getresgid getresgid32 setuid setuid32 setgid setgid32 setgroups setgroups32
    setreuid setreuid32 setregid setregid32 setresuid setresuid32 setresgid setresgid32
    setfsuid setfsuid32 setfsgid setfsgid32 capget capset seccomp
    landlock_create_ruleset landlock_add_rule landlock_restrict_self`),
  signals: words(`
    rt_sigaction rt_sigprocmask rt_sigpending rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn rt_sigsuspend
    rt_sigtimedwait rt_sigtimedwait_time64 sigaltstack sigprocmask sigreturn pause alarm`),
  scheduling: words(`
    sched_yield sched_getparam sched_setparam sched_getscheduler sched_setscheduler sched_getattr sched_setattr
    sched_getaffinity sched_setaffinity sched_get_priority_max sched_get_priority_min sched_rr_get_interval
    sched_rr_get_interval_time64 getpriority setpriority ioprio_get ioprio_set getcpu`),
  limitsAndSystem: words(`
    getrlimit ugetrlimit setrlimit prlimit64 getrusage times sysinfo uname getrandom`),
  time: words(`
    time gettimeofday adjtimex clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
    clock_gettime64 clock_nanosleep clock_nanosleep_time64 nanosleep getitimer setitimer timer_create timer_delete
    timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64`),
  sockets: words(`
    socketpair bind connect listen accept accept4 getsockname getpeername getsockopt setsockopt shutdown
    sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg recvmmsg_time64`),
  talkingAndWaiting: words(`
    futex futex_time64 futex_wait futex_wake futex_requeue futex_waitv get_robust_list set_robust_list
    ipc semget semctl semop semtimedop semtimedop_time64 shmget shmctl shmat shmdt msgget msgctl msgsnd msgrcv
    mq_open mq_unlink mq_notify mq_getsetattr mq_timedsend mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64`),
};

/** System calls that come with a capability: whoever was given it was meant to use them. */
export const callsByCapability: Readonly<Record<string, readonly string[]>> = {
  CAP_SYS_ADMIN: words(`
    bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount mount_setattr move_mount
    open_tree open_tree_attr perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount
    umount2 unshare`),
  CAP_SYS_CHROOT: words("chroot"),
  CAP_SYS_PTRACE: words("kcmp pidfd_getfd process_madvise"),
  CAP_SYS_NICE: words("get_mempolicy set_mempolicy set_mempolicy_home_node mbind"),
  CAP_SYS_TIME: words("settimeofday stime clock_settime clock_settime64"),
  CAP_SYS_MODULE: words("init_module finit_module delete_module"),
  CAP_SYS_RAWIO: words("iopl ioperm"),
  CAP_SYS_BOOT: words("reboot"),
  CAP_SYS_PACCT: words("acct"),
  CAP_SYS_TTY_CONFIG: words("vhangup"),
  CAP_DAC_READ_SEARCH: words("open_by_handle_at"),
  CAP_SYSLOG: words("syslog"),
  CAP_PERFMON: words("perf_event_open"),
  CAP_BPF: words("bpf"),
};
