/* Phase child: the container's first process, inside the new namespaces, as the root that the user namespace maps.
 * Nothing of the container has run yet, but its root file system is a stranger's: every path goes through paths.c. */
#include "launch.h"

#include <grp.h>
#include <linux/magic.h>
#include <net/if.h>
#include <sys/vfs.h>

OPERATION("awaitHost", op_await_host)
{
    return DO("recvmsg", sync_await(launch->from_host, 'm', &(struct sync_message){0}), "from the host: go on");
}

OPERATION("becomeRoot", op_become_root)
{
    if (DO("setresgid", setresgid(0, 0, 0), "0, 0, 0") != 0) return -1;
    if (DO("setgroups", setgroups(0, NULL), "none") != 0) return -1;
    return DO("setresuid", setresuid(0, 0, 0), "0, 0, 0");
}

/* Joins namespaces of a kept target; both the host phase (pid, which takes effect for children) and the child use it. */
OPERATION("join", op_join)
{
    const char *name = record_get(record, "target");
    int target = launch_handle(launch, name);
    if (target < 0) return launch_invalid(launch, record, "target");
    FLAGS(flags, "flag");
    return (int)CALL(&launch->journal, "setns", setns(target, (int)flags), "%d (%s), 0x%llx", target, name, (unsigned long long)flags);
}

/* After a mount namespace was joined: its root is where paths of the container are resolved. */
OPERATION("joinedRoot", op_joined_root)
{
    launch->root = path_open_host(&launch->journal, "/", O_PATH | O_DIRECTORY);
    return launch->root < 0 ? -1 : 0;
}

OPERATION("unshare", op_unshare)
{
    FLAGS(flags, "flag");
    return DO("unshare", unshare((int)flags), "0x%llx", (unsigned long long)flags);
}

OPERATION("propagation", op_propagation)
{
    OWNED root = path_open_host(&launch->journal, "/", O_PATH | O_DIRECTORY);
    return root < 0 ? -1 : mount_set(launch, record, root, AT_RECURSIVE);
}

OPERATION("hostName", op_host_name)
{
    const char *name = record_get(record, "name"), *domain = record_get(record, "domain");
    if (name != NULL && DO("sethostname", sethostname(name, strlen(name)), "\"%s\"", name) != 0) return -1;
    if (domain == NULL) return 0;
    return DO("setdomainname", setdomainname(domain, strlen(domain)), "\"%s\"", domain);
}

OPERATION("loopbackUp", op_loopback_up)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    OWNED fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -1 : DO("ioctl", ioctl(fd, SIOCSIFFLAGS, &request), "SIOCSIFFLAGS, lo, IFF_UP");
}

/* Attaches the root on top of "/" of our mount namespace and makes it the working directory. The host sends it to the child. */
OPERATION("attachRoot", op_attach_root)
{
    struct sync_message root = {.fd = launch->root};
    if (launch->root < 0 && DO("recvmsg", sync_await(launch->from_host, 'r', &root), "from the host: the root") != 0) return -1;
    launch->root = root.fd;
    unsigned flags = MOVE_MOUNT_F_EMPTY_PATH;
    if (DO("move_mount", move_mount(launch->root, "", AT_FDCWD, "/", flags), "%d -> \"/\"", launch->root) != 0) return -1;
    return DO("fchdir", fchdir(launch->root), "%d", launch->root);
}

/* What to make where the target is missing; "match" makes what the tree to be attached there is. */
static enum path_create create_of(const struct record *record, int tree)
{
    const char *create = record_get(record, "create");
    struct stat status;
    if (create == NULL) return PATH_EXISTS;
    if (strcmp(create, "match") == 0) return fstat(tree, &status) == 0 && S_ISDIR(status.st_mode) ? PATH_DIRECTORY : PATH_FILE;
    return strcmp(create, "file") == 0 ? PATH_FILE : PATH_DIRECTORY;
}

/* Opens the place where something will be mounted. Where the kernel's own file systems go, a symbolic link in the
 * image is refused rather than followed (CVE-2019-19921, CVE-2023-27561); nor may one lead any other mount there. */
static int open_target(struct launch *launch, const struct record *record, int tree)
{
    REQUIRED(target, "target");
    bool plain = record_get(record, "nosymlinks") != NULL;
    struct statfs there = {0};
    uint64_t resolve = IN_ROOT | (plain ? (uint64_t)RESOLVE_NO_SYMLINKS : 0u);
    OWNED fd = path_target(&launch->journal, launch->root, target, create_of(record, tree), resolve);
    if (fd < 0 || plain) return disown(&fd);
    if (fstatfs(fd, &there) != 0) return -1;
    if (there.f_type != PROC_SUPER_MAGIC && there.f_type != SYSFS_MAGIC && there.f_type != CGROUP2_SUPER_MAGIC) return disown(&fd);
    errno = ELOOP;
    return DO("verify", -1, "\"%s\" leads to a file system of the kernel's", target);
}

static int attach(struct launch *launch, const struct record *record, int tree)
{
    OWNED target = open_target(launch, record, tree);
    return target < 0 ? -1 : mount_onto(launch, tree, target, record_get(record, "target"));
}

/* A new instance of a file system, attached at a target, kept under a name, or both. The container's procfs is kept: what
 * must be written below /proc/sys goes through this descriptor, so no mount over a part of /proc can redirect it
 * (CVE-2019-16884, CVE-2025-52881). */
OPERATION("mount", op_mount)
{
    REQUIRED(type, "type");
    bool attached = record_get(record, "target") != NULL;
    OWNED tree = mount_new(launch, record, type, NULL);
    if (tree < 0) return -1;
    if (attached && strcmp(type, "proc") == 0 && launch->proc < 0) launch->proc = fcntl(tree, F_DUPFD_CLOEXEC, 3);
    if (attached && attach(launch, record, tree) != 0) return -1;
    return record_get(record, "as") == NULL ? 0 : launch_keep(launch, record_get(record, "as"), disown(&tree));
}

OPERATION("attach", op_attach)
{
    int tree = launch_handle(launch, record_get(record, "tree"));
    return tree < 0 ? launch_invalid(launch, record, "tree") : attach(launch, record, tree);
}

/* Mounts a part of the container's tree onto itself with other attributes: read-only /proc/sys and its like. */
OPERATION("remount", op_remount)
{
    OWNED target = open_target(launch, record, -1);
    if (target < 0) return errno == ENOENT ? 0 : -1; /* this kernel has no such file: nothing to protect */
    OWNED tree = path_open_tree(&launch->journal, target, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | AT_RECURSIVE);
    if (tree < 0 || mount_set(launch, record, tree, AT_RECURSIVE) != 0) return -1;
    return mount_onto(launch, tree, target, record_get(record, "target"));
}

/* Hides a file behind the null device, a directory behind an empty read-only tmpfs that all of them share (one each
 * would make the end of the container slow). `null` is the device attached at /dev/null, verified by the host phase. */
OPERATION("mask", op_mask)
{
    struct stat status;
    OWNED target = open_target(launch, record, -1);
    if (target < 0) return errno == ENOENT ? 0 : -1;
    if (fstat(target, &status) != 0) return -1;
    bool directory = S_ISDIR(status.st_mode);
    int source = launch_handle(launch, directory ? "mask" : "null");
    bool first = directory && source < 0;
    OWNED tree = first         ? mount_new(launch, record, "tmpfs", NULL)
                 : source >= 0 ? path_open_tree(&launch->journal, source, "", AT_EMPTY_PATH | OPEN_TREE_CLONE)
                               : -1;
    if (tree >= 0 && !first && mount_set(launch, record, tree, 0) != 0) return -1;
    if (tree < 0 || mount_onto(launch, tree, target, record_get(record, "target")) != 0) return -1;
    return first ? launch_keep(launch, "mask", disown(&tree)) : 0;
}

OPERATION("make", op_make)
{
    int fd = open_target(launch, record, -1);
    return fd < 0 ? -1 : close(fd);
}

OPERATION("symlink", op_symlink)
{
    REQUIRED(to, "to");
    REQUIRED(target, "target");
    const char *slash = strrchr(target, '/');
    OWNED_MEMORY char *above = slash == NULL ? NULL : strndup(target, (size_t)(slash - target));
    if (above == NULL) return launch_invalid(launch, record, "target");
    OWNED parent = path_target(&launch->journal, launch->root, above, PATH_DIRECTORY, IN_ROOT);
    if (parent < 0) return -1;
    int result = DO("symlinkat", symlinkat(to, parent, slash + 1), "\"%s\", %d, \"%s\"", to, parent, slash + 1);
    return result != 0 && errno == EEXIST ? 0 : result;
}

/* A pseudo-terminal of the container's own devpts, in whose place processes of a running one may have put something else.
 * The slave comes from the master by TIOCGPTPEER, never from a path below /dev/pts (CVE-2025-52565); for a first process it
 * is also shown as /dev/console. The master goes to the host. */
OPERATION("terminal", op_terminal)
{
    int unlock = 0;
    uint64_t rows, columns, owner;
    struct statfs system = {0};
    OWNED devpts = path_open_in(&launch->journal, launch->root, "dev/pts", O_PATH | O_DIRECTORY, IN_ROOT | RESOLVE_NO_SYMLINKS);
    if (devpts < 0 || DO("fstatfs", fstatfs(devpts, &system), "%d", devpts) != 0) return -1;
    errno = ENODEV;
    if (system.f_type != DEVPTS_SUPER_MAGIC) return DO("verify", -1, "\"/dev/pts\" is not a devpts");
    OWNED master = path_open_in(&launch->journal, devpts, "ptmx", O_RDWR | O_NOCTTY, IN_ROOT | RESOLVE_NO_XDEV);
    if (master < 0 || DO("ioctl", ioctl(master, TIOCSPTLCK, &unlock), "%d, TIOCSPTLCK, 0", master) != 0) return -1;
    launch->slave = DO("ioctl", ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), "%d, TIOCGPTPEER", master);
    if (launch->slave < 0) return -1;
    if (record_get_u64(record, "owner", UINT32_MAX - 1, &owner) &&
        DO("fchown", fchown(launch->slave, (uid_t)owner, (gid_t)-1), "%d, %u", launch->slave, (unsigned)owner) != 0)
        return -1;
    if (record_get_u64(record, "rows", 65535, &rows) && record_get_u64(record, "columns", 65535, &columns)) {
        struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
        if (DO("ioctl", ioctl(master, TIOCSWINSZ, &size), "%d, TIOCSWINSZ, %ux%u", master, size.ws_col, size.ws_row) != 0) return -1;
    }
    struct sync_message message = {.kind = 't', .fd = master};
    if (DO("sendmsg", sync_send(launch->sync, message), "to the host: fd %d, the terminal", master) != 0) return -1;
    if (record_get(record, "target") == NULL) return 0;
    OWNED console = path_open_tree(&launch->journal, launch->slave, "", AT_EMPTY_PATH | OPEN_TREE_CLONE);
    return console < 0 ? -1 : attach(launch, record, console);
}

OPERATION("pivot", op_pivot)
{
    if (DO("pivot_root", syscall(SYS_pivot_root, ".", "."), "\".\", \".\"") != 0) return -1;
    if (DO("umount2", umount2(".", MNT_DETACH), "\".\", MNT_DETACH") != 0) return -1;
    return DO("chdir", chdir("/"), "\"/\"");
}

OPERATION("sysctl", op_sysctl)
{
    REQUIRED(file, "file");
    REQUIRED(value, "value");
    if (path_write(&launch->journal, launch->proc, file, value) == 0) return 0;
    return errno == ENOENT && record_get(record, "optional") != NULL ? 0 : -1;
}

/* Copies what the image has at a mount point into the new volume that will cover it: one process reads, one writes. Inside
 * the user namespace owners mean the same on both sides; devices mean nothing in a volume. */
static int copy_tree(struct launch *launch, int from, int into)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    OWNED output = ends[0];
    OWNED input = ends[1];
    pid_t reader = fork();
    if (reader == 0) {
        launch->journal.used = 0;
        struct archive_request request = {.out = fdopen(input, "w"), .below = -1, .contents = true, .deep = true, .seals = true};
        request.self = path_open_host(&launch->journal, "/proc/self/fd", O_PATH | O_DIRECTORY);
        _exit(request.out != NULL && archive_tree(&request, from) == NULL ? 0 : errno);
    }
    close_owned(&input);
    int result = reader < 0 ? -1 : unpack_tree(into, output), status = 0, error = errno;
    close_owned(&output);
    if (reader > 0) waitpid(reader, &status, 0);
    errno = WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : error;
    return result;
}

OPERATION("copyUp", op_copy_up)
{
    const char *target = record_get(record, "target");
    int volume = launch_handle(launch, record_get(record, "tree"));
    if (launch->again) return 0;
    if (target == NULL || volume < 0) return launch_invalid(launch, record, "tree");
    OWNED place = open_target(launch, record, -1);
    OWNED source = place < 0 ? -1 : path_open_in(&launch->journal, place, ".", O_PATH | O_DIRECTORY, IN_ROOT);
    if (source < 0) return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
    OWNED into = path_open_in(&launch->journal, volume, ".", O_RDONLY | O_DIRECTORY, IN_ROOT);
    if (into < 0 || DO("copyTree", copy_tree(launch, source, into), "\"%s\" -> the volume", target) != 0) return -1;
    return DO("fchdir", fchdir(launch->root), "%d", launch->root); /* where attributes of links may have led us from */
}
