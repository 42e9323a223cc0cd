// How often programs make which system calls: counted by strace -f -c of a C compiler at one small program, of a server in
// Node that answered 300 requests with a file, and of a git clone; the 26 most frequent calls of each.
const mix = (text) =>
  new Map(
    text
      .trim()
      .split(/\s+/)
      .map((word) => {
        const [name, count] = word.split(":");
        return [name, Number(count)];
      }),
  );

export const callMixes = {
  "a C compiler":
    mix(`lseek:751 readlink:498 newfstatat:407 read:304 openat:235 mmap:162 close:152 brk:87 access:64 write:56
    fcntl:44 rt_sigaction:43 mprotect:39 ioctl:20 prlimit64:16 execve:15 pread64:14 munmap:10 getcwd:9 wait4:8
    set_tid_address:7 set_robust_list:7 rseq:7 getrandom:7 arch_prctl:7 vfork:6`),
  "a server in Node":
    mix(`epoll_pwait:1383 read:995 close:634 epoll_ctl:610 openat:325 statx:311 setsockopt:302 shutdown:301
    accept4:301 writev:300 futex:206 mprotect:140 madvise:79 mmap:78 rt_sigprocmask:44 munmap:42 rt_sigaction:36 brk:31
    getpid:28 fcntl:23 newfstatat:18 getuid:12 getgid:12 geteuid:12 getegid:12 capget:12`),
  "a git clone": mix(`newfstatat:5311 openat:4111 close:3413 write:2811 mmap:1910 munmap:1786 read:1505 futex:1214
    rt_sigaction:284 alarm:226 poll:225 mkdir:209 pread64:170 access:122 lseek:119 mprotect:97 rt_sigprocmask:44
    getdents64:42 brk:41 getpid:24 fcntl:18 rename:16 set_robust_list:15 readlink:15 getcwd:15 pipe2:12`),
};
