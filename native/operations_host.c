/* Phase host: the helper itself, with the caller's ids and capabilities, in a private mount namespace. */
#include "launch.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define LAYER_SLOTS 128u
#define DEVICE_INSNS_MAX 4096u
#define TOOL_OUTPUT 65536u
#define TOOL_NETWORK 3

/* A detached copy of the mount at a host path, kept under a name. `device` is what the inode must be (R5). `part` is a
 * path below it that a container may have written: it is resolved with the first path as its root. */
OPERATION("openTree", op_open_tree)
{
    REQUIRED(path, "path");
    const char *device = record_get(record, "device"), *type = record_get(record, "type"), *part = record_get(record, "part");
    unsigned flags = OPEN_TREE_CLONE | (record_get(record, "recursive") != NULL ? AT_RECURSIVE : 0u);
    OWNED top = part == NULL ? -1 : path_open_host(&launch->journal, path, O_PATH | O_DIRECTORY);
    OWNED at = top < 0 ? -1 : path_open_in(&launch->journal, top, part, O_PATH, IN_ROOT);
    if (part != NULL && at < 0) return -1;
    OWNED fd = at < 0 ? path_open_tree(&launch->journal, AT_FDCWD, path, flags)
                      : path_open_tree(&launch->journal, at, "", flags | AT_EMPTY_PATH);
    struct stat status;
    if (fd < 0 || DO("fstat", fstat(fd, &status), "%d", fd) != 0) return -1;
    if (device != NULL) {
        char found[40];
        snprintf(found, sizeof found, "%c:%u:%u", S_ISCHR(status.st_mode) ? 'c' : S_ISBLK(status.st_mode) ? 'b' : '-',
                 major(status.st_rdev), minor(status.st_rdev));
        errno = ENODEV;
        if (strcmp(found, device) != 0) return DO("verify", -1, "\"%s\" is %s, not %s", path, found, device);
    }
    errno = S_ISDIR(status.st_mode) ? EISDIR : ENOTDIR;
    if (type != NULL && (strcmp(type, "directory") == 0) != S_ISDIR(status.st_mode))
        return DO("verify", -1, "\"%s\" is not a %s", path, type);
    return launch_keep(launch, record_get(record, "as"), disown(&fd));
}

/* A mount of another container, kept under a name. It is cloned in that one's mount namespace, where alone it may be; we
 * are in it for that moment only, and nothing in it can see or trace us. */
OPERATION("borrowTree", op_borrow_tree)
{
    struct journal *journal = &launch->journal;
    REQUIRED(path, "path");
    int target = launch_handle(launch, record_get(record, "target"));
    OWNED own = path_open_host(journal, "/proc/self/ns/mnt", O_RDONLY);
    if (own < 0 || DO("setns", setns(target, CLONE_NEWNS), "%d, CLONE_NEWNS", target) != 0) return -1;
    OWNED root = path_open_host(journal, "/", O_PATH | O_DIRECTORY);
    OWNED at = root < 0 ? -1 : path_open_in(journal, root, path, O_PATH | O_DIRECTORY, IN_ROOT | RESOLVE_NO_SYMLINKS);
    OWNED tree = at < 0 ? -1 : path_open_tree(journal, at, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
    if (tree < 0) return -1; /* the worker ends, wherever it is */
    if (DO("setns", setns(own, CLONE_NEWNS), "%d, CLONE_NEWNS", own) != 0) return -1;
    return launch_keep(launch, record_get(record, "as"), disown(&tree));
}

OPERATION("privateMounts", op_private_mounts)
{
    struct mount_attr attr = {.propagation = MS_PRIVATE};
    FLAGS(flags, "flag"); /* of further namespaces */
    if (DO("unshare", unshare(CLONE_NEWNS | (int)flags), "CLONE_NEWNS | 0x%llx", (unsigned long long)flags) != 0) return -1;
    return DO("mount_setattr", mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof attr), "\"/\", AT_RECURSIVE, propagation=MS_PRIVATE");
}

/* Layers get one-byte names on a tmpfs, because fsconfig(2) takes at most 255 bytes in a string: with a byte and a
 * colon for each, 127 layers fit, on every kernel since 6.1. From "a" on no byte is special to overlayfs or path look-up. */
#define SLOT_NAME(slot) ((char)('a' + (slot)))

OPERATION("stage", op_stage)
{
    REQUIRED(at, "at");
    launch->stage = mount_new(launch, record, "tmpfs", NULL);
    if (launch->stage < 0) return -1;
    OWNED where = path_open_host(&launch->journal, at, O_PATH | O_DIRECTORY);
    if (where < 0 || mount_onto(launch, launch->stage, where, at) != 0) return -1;
    return DO("fchdir", fchdir(launch->stage), "%d", launch->stage);
}

/* Attaches a kept tree (or makes an empty directory) under its name or the short one of a slot, 0 for the topmost layer. */
OPERATION("layer", op_layer)
{
    const char *from = record_get(record, "from"), *given = record_get(record, "name");
    uint64_t slot = 0;
    if (given == NULL && !record_get_u64(record, "slot", LAYER_SLOTS - 1, &slot)) return launch_invalid(launch, record, "slot");
    const char *name = given != NULL ? given : (char[]){SLOT_NAME(slot), '\0'};
    if (path_make_directory(&launch->journal, launch->stage, name, 0755) != 0) return -1;
    if (from == NULL) return 0;
    return DO("move_mount", move_mount(launch_handle(launch, from), "", launch->stage, name, MOVE_MOUNT_F_EMPTY_PATH), "%s -> stage/%s", from, name);
}

/* Attributes, propagation and id mapping of a kept tree, or of the root; the last is possible only while it is detached. */
OPERATION("setTree", op_set_tree)
{
    const char *name = record_get(record, "tree");
    return mount_set(launch, record, name == NULL ? launch->root : launch_handle(launch, name), record_get(record, "recursive") != NULL ? AT_RECURSIVE : 0u);
}

/* The group of a container that runs: what joins it is born there, and the group stays when that has ended. */
OPERATION("cgroupOpen", op_cgroup_open)
{
    REQUIRED(path, "path");
    close_owned(&launch->cgroup);
    launch->cgroup = path_open_host(&launch->journal, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return launch->cgroup < 0 ? -1 : 0;
}

OPERATION("cgroupMake", op_cgroup_make)
{
    REQUIRED(path, "path");
    if (path_make_directory(&launch->journal, AT_FDCWD, path, 0755) != 0 && errno != EEXIST) return -1;
    return op_cgroup_open(launch, record);
}

/* Loads the device filter and attaches it to the container's group. Without it the container must not start. */
OPERATION("cgroupDevices", op_cgroup_devices)
{
    static unsigned char program[DEVICE_INSNS_MAX * 8];
    static const char license[] = "Apache-2.0";
    size_t size;
    const char *hex = record_get(record, "program");
    if (hex == NULL || !decode_hex(hex, program, sizeof program, &size) || size % 8 != 0) return launch_invalid(launch, record, "program");
    union bpf_attr load = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insn_cnt = (uint32_t)(size / 8)};
    load.insns = (uint64_t)(uintptr_t)program;
    load.license = (uint64_t)(uintptr_t)license;
    OWNED fd = DO("bpf", syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load), "BPF_PROG_LOAD, CGROUP_DEVICE, %u insns", load.insn_cnt);
    if (fd < 0) return -1;
    union bpf_attr attach = {.target_fd = (uint32_t)launch->cgroup, .attach_bpf_fd = (uint32_t)fd, .attach_type = BPF_CGROUP_DEVICE};
    attach.attach_flags = BPF_F_ALLOW_MULTI;
    return DO("bpf", syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach), "BPF_PROG_ATTACH, cgroup=%d, prog=%d", launch->cgroup, fd);
}

/* Makes a process whose parent is our own one: the monitor. */
static pid_t clone_child(struct launch *launch, uint64_t flags)
{
    struct clone_args args = {.flags = flags | CLONE_PIDFD | CLONE_PARENT, .pidfd = (uint64_t)(uintptr_t)&launch->pidfd};
    if (launch->cgroup >= 0) args.flags |= CLONE_INTO_CGROUP, args.cgroup = (uint64_t)(unsigned)launch->cgroup;
    journal_flush(&launch->journal); /* or the child would send what we have recorded a second time */
    pid_t pid = DO("clone3", syscall(SYS_clone3, &args, sizeof args), "flags=0x%llx, cgroup=%d", (unsigned long long)args.flags, launch->cgroup);
    if (pid == 0) launch->journal.used = 0;
    return pid;
}

/* Makes the container's first process, in its group from birth. It runs the other two phases. We are a worker of the
 * monitor, which becomes its parent and hears of it through the socket that it shares with us. One with an heir is not
 * the first process yet (op_heir), and says who is. */
OPERATION("clone", op_clone)
{
    int ends[2];
    FLAGS(flags, "flag");
    if (!launch->worker) return launch_invalid(launch, record, "flag");
    if (DO("socketpair", socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "AF_UNIX, SOCK_SEQPACKET") != 0) return -1;
    struct sync_message first = {.kind = 'c', .pid = clone_child(launch, flags)};
    if (first.pid == 0) {
        launch->from_host = ends[1];
        close(ends[0]);
        close_owned(&launch->cgroup); /* a directory of the host (CVE-2024-21626) */
        prctl(PR_SET_NAME, "brig: child");
        launch_child(launch);
    }
    close(ends[1]);
    launch->to_child = ends[0];
    if (first.pid < 0) return -1;
    first.fd = launch->pidfd;
    if (record_get(record, "heir") != NULL) {
        close_owned(&launch->pidfd);
        if (DO("recvmsg", sync_await(ends[0], 'c', &first), "from the child: its heir") != 0) return -1;
    }
    launch->child = first.pid;
    launch->pidfd = first.fd;
    return sync_send(launch->sync, first);
}

/* Goes on with the child's steps in a process of new namespaces, which belong to the user namespace that the child has
 * joined: a pid namespace has only who is born in it. The host waits to hear of it; the monitor collects us both. */
OPERATION("heir", op_heir)
{
    FLAGS(flags, "flag");
    pid_t pid = clone_child(launch, flags);
    if (pid <= 0) return pid;
    journal_flush(&launch->journal);
    _exit(sync_send(launch->from_host, (struct sync_message){.kind = 'c', .pid = pid, .fd = launch->pidfd}) == 0 ? 0 : 125);
}

/* Gives the child its ids; or makes, kept under a name, a user namespace for its maps alone, in which nobody stays. */
OPERATION("mapIds", op_map_ids)
{
    REQUIRED(uids, "uids");
    REQUIRED(gids, "gids");
    const char *as = record_get(record, "as");
    struct clone_args args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
    pid_t self = getpid(), pid = launch->child;
    if (as != NULL) pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0)
        while (getppid() == self) pause(); /* until it is killed, by us or with us */
    if (pid == 0) _exit(0);
    if (as != NULL && DO("clone3", pid, "CLONE_NEWUSER") < 0) return -1;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d", (int)pid);
    OWNED directory = path_open_host(&launch->journal, path, O_RDONLY | O_DIRECTORY);
    if (directory < 0 || path_write(&launch->journal, directory, "uid_map", uids) != 0 ||
        path_write(&launch->journal, directory, "gid_map", gids) != 0) return -1;
    int ids = DO("openat", openat(directory, "ns/user", O_RDONLY | O_CLOEXEC), "\"%s/ns/user\"", path);
    if (as == NULL || ids < 0) return (launch->userns = ids) < 0 ? -1 : 0;
    if (kill(pid, SIGKILL) == 0) waitpid(pid, NULL, 0);
    return launch_keep(launch, as, ids);
}

/* Lets the child go on with what waits for something of ours: its ids, its network. */
OPERATION("release", op_release)
{
    return DO("sendmsg", sync_send(launch->to_child, (struct sync_message){.kind = 'm', .fd = -1}), "to the child: go on");
}

/* The process that another container has at the moment, in the words that its monitor has for it (monitor.c). */
static int read_running(struct launch *launch, const char *path, uint64_t *pid, uint64_t *started)
{
    static const char before_pid[] = "\"pid\":", before_start[] = "\"startTime\":\"";
    char text[160] = "";
    OWNED fd = path_open_host(&launch->journal, path, O_RDONLY | O_NOFOLLOW);
    if (fd < 0 || read(fd, text, sizeof text - 1) < 0) return -1;
    const char *number = strstr(text, before_pid), *start = strstr(text, before_start);
    errno = EBADMSG;
    if (number == NULL || start == NULL) return -1;
    *pid = strtoull(number + strlen(before_pid), NULL, 10);
    *started = strtoull(start + strlen(before_start), NULL, 10);
    return 0;
}

/* The process whose namespaces are joined: a given one, the one that a container has now, or that of our monitor. A pid
 * says little: the start time, field 22 of proc_pid_stat(5), says that it is still the one that was meant, and was when
 * its user namespace was opened; the pidfd keeps it so. */
OPERATION("target", op_target)
{
    char path[64];
    uint64_t pid = 0, started = 0;
    const char *running = record_get(record, "running");
    if (running == NULL && record_get(record, "pid") == NULL)
        return DO("target", launch_keep(launch, record_get(record, "as"), launch->pidfd), "%d", launch->pidfd);
    if (running != NULL && read_running(launch, running, &pid, &started) != 0) return -1;
    if (running == NULL && (!record_get_u64(record, "pid", INT32_MAX, &pid) || !record_get_u64(record, "started", UINT64_MAX, &started)))
        return launch_invalid(launch, record, "pid");
    int target = DO("pidfd_open", syscall(SYS_pidfd_open, (pid_t)pid, 0), "%u", (unsigned)pid);
    if (target < 0 || launch_keep(launch, record_get(record, "as"), target) != 0) return -1;
    snprintf(path, sizeof path, "/proc/%u/ns/user", (unsigned)pid);
    if (record_get(record, "userns") != NULL && (launch->userns = path_open_host(&launch->journal, path, O_RDONLY)) < 0) return -1;
    bool same = launch_start_time(launch, (pid_t)pid) == started;
    errno = ESRCH;
    return same ? 0 : DO("verify", -1, "process %u is not the one that was meant", (unsigned)pid);
}

/* Before it joins a container, whose processes could otherwise trace it and take what it has open (CVE-2016-9962). The
 * child inherits it, so there is no moment without. */
OPERATION("undumpable", op_undumpable)
{
    return DO("prctl", prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE, 0");
}

/* The network namespace of the child, or of a target, for the tools that follow. */
OPERATION("network", op_network)
{
    char path[64];
    uint64_t pid = (uint64_t)launch->child;
    if (record_get(record, "pid") != NULL && !record_get_u64(record, "pid", INT32_MAX, &pid)) return launch_invalid(launch, record, "pid");
    snprintf(path, sizeof path, "/proc/%u/ns/net", (unsigned)pid);
    return launch_keep(launch, "network", path_open_host(&launch->journal, path, O_RDONLY));
}

/* A file in memory with a text, and this process at its beginning. */
static int memory_file(const char *text)
{
    int fd = memfd_create("brig-tool", MFD_CLOEXEC);
    if (fd >= 0 && text != NULL && (write_all(fd, text, strlen(text)) != 0 || lseek(fd, 0, SEEK_SET) != 0)) close_owned(&fd);
    return fd;
}

_Noreturn static void become_tool(const struct record *record, int network, int input, int output, int errors)
{
    char **argv = record_strings(record, "argv");
    bool ready = argv != NULL && dup2(input, 0) == 0 && dup2(output, 1) == 1 && dup2(errors, 2) == 2 && setrlimit(RLIMIT_FSIZE, &(struct rlimit){TOOL_OUTPUT, TOOL_OUTPUT}) == 0;
    ready = ready && (record_get(record, "inside") == NULL || setns(network, CLONE_NEWNET) == 0);
    ready = ready && (network < 0 || (dup2(network, TOOL_NETWORK) == TOOL_NETWORK && fcntl(TOOL_NETWORK, F_SETFD, 0) == 0)) && sigprocmask(SIG_SETMASK, &(sigset_t){0}, NULL) == 0;
    if (ready) execve(record_get(record, "tool"), argv, (char *[]){NULL});
    dprintf(2, "%s", strerror(errno));
    _exit(127);
}

/* Nothing is to be done, and nothing has failed, where what `unless` names is made or what `when` names is gone. */
static bool is_done(const struct record *record)
{
    const char *unless = record_get(record, "unless"), *when = record_get(record, "when");
    return (unless != NULL && faccessat(AT_FDCWD, unless, F_OK, 0) == 0) || (when != NULL && faccessat(AT_FDCWD, when, F_OK, 0) != 0);
}

static int run_tool(struct launch *launch, const struct record *record, char said[400])
{
    int status = -1, ends[2];
    OWNED input = memory_file(record_get(record, "input"));
    OWNED output = memory_file(NULL);
    if (input < 0 || output < 0 || pipe2(ends, O_CLOEXEC) != 0) return -1;
    OWNED answer = ends[0];
    journal_flush(&launch->journal);
    pid_t pid = fork();
    if (pid == 0) become_tool(record, launch_handle(launch, "network"), input, record_get(record, "answers") ? ends[1] : output, output);
    close(ends[1]);
    if (read(answer, (char[1]){0}, 1) == 1) return 0; /* what it was asked for is done, though it has not ended */
    if (pid < 0 || waitpid(pid, &status, 0) < 0) return -1;
    if ((WIFEXITED(status) && WEXITSTATUS(status) == 0) || is_done(record)) return 0;
    if (pread(output, said, 399, 0) < 0) said[0] = '\0';
    errno = ECANCELED;
    return -1;
}

/* Runs a program of the host to its end, in the host's network namespace or `inside` the container's, which is its
 * descriptor 3. What it says is the reason when it fails. */
OPERATION("tool", op_tool)
{
    REQUIRED(tool, "tool");
    char said[400] = "";
    return is_done(record) ? 0 : DO("run", run_tool(launch, record, said), "%s%s%s", tool, said[0] == '\0' ? "" : ": ", said);
}

/* Executes another phase beside this one: in a process of its own, kept under the phase's name, which tells its failure. */
OPERATION("beside", op_beside)
{
    REQUIRED(steps, "steps");
    journal_flush(&launch->journal);
    pid_t pid = fork();
    if (pid == 0) _exit(launch_phase(launch, steps) == 0 ? 0 : 125);
    return pid < 0 ? -1 : launch_keep(launch, steps, (int)syscall(SYS_pidfd_open, pid, 0));
}

OPERATION("gather", op_gather)
{
    siginfo_t end = {0};
    int pidfd = launch_handle(launch, record_get(record, "steps"));
    errno = ECANCELED;
    return DO("waitid", waitid(P_PIDFD, (id_t)pidfd, &end, WEXITED) != 0 || end.si_status != 0 ? -1 : 0, "%d", pidfd);
}

/* A file of the kernel's: a setting of the host's network namespace, of a group, or of this process, for the child or for itself. */
OPERATION("setting", op_setting)
{
    REQUIRED(file, "file");
    REQUIRED(value, "value");
    OWNED fd = path_open_host(&launch->journal, file, O_WRONLY);
    return fd < 0 ? -1 : DO("write", write(fd, value, strlen(value)), "%s, \"%s\"", file, value) == (int)strlen(value) ? 0 : -1;
}

OPERATION("signal", op_signal)
{
    int target = launch_handle(launch, record_get(record, "target"));
    NUMBER(number, "number", NSIG - 1);
    return DO("pidfd_send_signal", syscall(SYS_pidfd_send_signal, target, (int)number, NULL, 0), "%d, %u", target, (unsigned)number);
}

/* overlayfs works on its layers with the ids and capabilities of whoever makes it. Below an idmapped mount that must be
 * the root which the user namespace maps: else `work` cannot be made, and the kernel falls back to read-only. */
OPERATION("overlay", op_overlay)
{
    char lower[sizeof "lowerdir=" + 2 * LAYER_SLOTS] = "lowerdir=";
    NUMBER(owner, "owner", UINT32_MAX);
    NUMBER(layers, "layers", LAYER_SLOTS - 1);
    char *at = lower + strlen(lower);
    for (uint64_t slot = 0; slot < layers; slot++) {
        if (slot > 0) *at++ = ':';
        *at++ = SLOT_NAME(slot);
    }
    if (owner != 0 && DO("setfsuid", become_file_owner((uid_t)owner), "%u", (unsigned)owner) != 0) return -1;
    launch->root = mount_new(launch, record, "overlay", lower);
    int error = errno;
    if (owner != 0) CALL(&launch->journal, "setfsuid", become_file_owner(0), "0");
    errno = error;
    return launch->root < 0 ? -1 : 0;
}

/* A kept tree is the root, as it is (a directory given by the user). */
OPERATION("useRoot", op_use_root)
{
    launch->root = launch_handle(launch, record_get(record, "tree"));
    return launch->root < 0 ? launch_invalid(launch, record, "tree") : 0;
}

OPERATION("handRoot", op_hand_root)
{
    return DO("sendmsg", sync_send(launch->to_child, (struct sync_message){.kind = 'r', .fd = launch->root}), "to the child: fd %d, the root", launch->root);
}

/* Sends a file of the root back to the caller, who may be about to decide something by it, and what it is. */
OPERATION("readFile", op_read_file)
{
    REQUIRED(path, "path");
    NUMBER(limit, "limit", 1u << 24);
    OWNED_MEMORY char *bytes = NULL;
    struct stat status = {0};
    OWNED fd = path_open_in(&launch->journal, launch->root, path, O_PATH, IN_ROOT);
    bool known = fd >= 0 && fstat(fd, &status) == 0;
    ssize_t size = known ? path_read(&launch->journal, launch->root, path, limit, &bytes) : -1;
    journal_file(&launch->journal, path, status.st_mode, size < 0 ? -errno : size, bytes);
    return 0;
}

/* Sends what is at a path of the root, or a kept tree, to stdout (archive.c). */
OPERATION("archive", op_archive)
{
    REQUIRED(path, "path");
    const char *tree = record_get(record, "tree");
    uint64_t last = record_get(record, "follow") != NULL ? 0u : (uint64_t)O_NOFOLLOW;
    OWNED start = path_open_in(&launch->journal, tree == NULL ? launch->root : launch_handle(launch, tree), path, O_PATH | last, IN_ROOT);
    OWNED below = record_get(record, "below") == NULL ? -1 : path_open_in(&launch->journal, launch->root, ".", O_PATH | O_DIRECTORY, IN_ROOT);
    struct archive_request request = {.out = stdout, .self = launch_handle(launch, "self"), .below = below, .devices = true};
    request.layer = tree != NULL;
    request.deep = record_get(record, "shallow") == NULL;
    request.contents = record_get(record, "names") == NULL;
    struct rlimit files; /* a level of directories holds several descriptors */
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) setrlimit(RLIMIT_NOFILE, &(struct rlimit){files.rlim_max, files.rlim_max});
    if (start < 0) return -1;
    const char *failed = archive_tree(&request, start);
    return DO("archive", failed == NULL ? 0 : -1, "%s", failed == NULL ? path : failed);
}

/* Makes what stdin describes in the root (extract.c). */
OPERATION("unpack", op_unpack)
{
    return DO("unpack", unpack_stdin(launch->root, record_get(record, "layer") != NULL), "%d", launch->root);
}

/* Deletes entries of a directory of the engine's own (trees.c). */
OPERATION("remove", op_remove)
{
    REQUIRED(parent, "parent");
    OWNED directory = path_open_host(&launch->journal, parent, O_RDONLY | O_DIRECTORY);
    if (directory < 0) return -1;
    for (const char *name = record->op; (name = record_next(name, "name")) != NULL;) {
        if (!is_name(name)) return launch_invalid(launch, record, "name");
        if (DO("remove", remove_tree_at(directory, name), "\"%s\"", name) != 0) return -1;
    }
    return 0;
}

/* Says on stdout how much is below each directory; what is not there counts nothing. */
OPERATION("measure", op_measure)
{
    for (const char *path = record->op; (path = record_next(path, "path")) != NULL;) {
        OWNED top = path_open_host(&launch->journal, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        printf("size%cbytes=%llu%c%c", 0, (unsigned long long)(top < 0 ? 0 : measure_tree(top)), 0, 0);
    }
    return fflush(stdout) == 0 ? 0 : -1;
}
