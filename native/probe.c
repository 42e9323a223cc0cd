/* Role probe: DIRECTORY CGROUP. Tries what varies among kernels from 6.1 on and their settings: user namespaces,
 * idmapped mounts and overlay on the file system of DIRECTORY, and a group below CGROUP (or "-"). Each answer is one
 * record on stdout: feature name=... ok=0|1 errno=... Everything it makes is gone when it ends: mounts live in the
 * private mount namespace of a child, and the directories and the group are removed. */
#include "helper.h"

#include "files.h"

#include <linux/bpf.h>

/* The current directory holds lower, rw/upper and rw/work. Without a group or a user namespace the descriptor is -1, and
 * what needs it fails with the kernel's own word for that. */
struct scene {
    int group;  /* a throw-away cgroup */
    int userns; /* maps its ids 0..99 to 1..100 */
};

/* Every experiment returns less than 0, with errno, when the kernel refuses. It runs in a child: it may change what it
 * likes and leave open what it opens. */
typedef long experiment(const struct scene *scene);

/* An experiment of one call. */
#define TRY(name, call)                                                                                                \
    static long try_##name(const struct scene *scene)                                                                  \
    {                                                                                                                  \
        (void)scene;                                                                                                   \
        return (call);                                                                                                 \
    }
TRY(user_namespace, unshare(CLONE_NEWUSER))
TRY(time_namespace, unshare(CLONE_NEWTIME))
TRY(overlay, fsopen("overlay", FSOPEN_CLOEXEC))
TRY(mqueue, fsopen("mqueue", FSOPEN_CLOEXEC))
TRY(cgroup_kill, faccessat(scene->group, "cgroup.kill", W_OK, 0))

/* A detached copy of a directory of the scene whose ids are mapped by the scene's user namespace, or -1. */
static int idmapped(const struct scene *scene, const char *path)
{
    OWNED tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (__u64)scene->userns};
    return mount_setattr(tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0 ? disown(&tree) : -1;
}

TRY(idmap, idmapped(scene, "lower"))

/* The real sequence of a launch: idmapped lower and upper, an overlay that the mapped root makes, and a file in it that
 * must be on the disk with the container's id 0. */
static long try_overlay_idmap(const struct scene *scene)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
    static const char *const parts[] = {"lower", "rw"};
    static const char *const options[][2] = {{"lowerdir", "lower"}, {"upperdir", "rw/upper"}, {"workdir", "rw/work"}};
    for (size_t i = 0; i < 2; i++) {
        int tree = idmapped(scene, parts[i]);
        if (tree < 0 || move_mount(tree, "", AT_FDCWD, parts[i], MOVE_MOUNT_F_EMPTY_PATH) != 0) return -1;
    }
    int context = become_file_owner(1) == 0 ? fsopen("overlay", FSOPEN_CLOEXEC) : -1;
    for (size_t i = 0; context >= 0 && i < sizeof options / sizeof options[0]; i++)
        if (fsconfig(context, FSCONFIG_SET_STRING, options[i][0], options[i][1], 0) != 0) return -1;
    if (context < 0 || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0) return -1;
    int overlay = fsmount(context, FSMOUNT_CLOEXEC, 0);
    struct stat status;
    if (overlay < 0 || openat(overlay, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600) < 0 || stat("rw/upper/file", &status) != 0)
        return -1;
    errno = EOVERFLOW;
    return status.st_uid == 1 ? 0 : -1; /* seen through the idmapped mount, as the container's root is */
}

static long try_clone_into_cgroup(const struct scene *scene)
{
    struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (unsigned)scene->group};
    long child = syscall(SYS_clone3, &args, sizeof args);
    if (child == 0) _exit(0);
    return child < 0 ? -1 : waitpid((pid_t)child, NULL, 0);
}

static long try_device_filter(const struct scene *scene)
{
    static const struct bpf_insn allow[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1}, {.code = BPF_JMP | BPF_EXIT}};
    union bpf_attr load = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
                           .insn_cnt = 2,
                           .insns = (uint64_t)(uintptr_t)allow,
                           .license = (uint64_t)(uintptr_t) "Apache-2.0"};
    long program = syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
    if (program < 0) return -1;
    union bpf_attr attach = {.target_fd = (uint32_t)scene->group, .attach_bpf_fd = (uint32_t)program, .attach_type = BPF_CGROUP_DEVICE};
    return syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach);
}

static const struct {
    const char *name;
    experiment *run;
} experiments[] = {
    {"userNamespace", try_user_namespace}, {"timeNamespace", try_time_namespace}, {"mqueue", try_mqueue},
    {"overlay", try_overlay}, {"idmap", try_idmap}, {"overlayIdmap", try_overlay_idmap}, {"cgroupKill", try_cgroup_kill},
    {"cloneIntoCgroup", try_clone_into_cgroup}, {"deviceFilter", try_device_filter},
};

static int run_in_child(size_t i, const struct scene *scene)
{
    pid_t child = fork();
    if (child == 0) _exit(experiments[i].run(scene) < 0 ? errno : 0); /* every errno of Linux is below 256 */
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

static bool write_file(const char *path, const char *text)
{
    OWNED fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* A user namespace lives as long as a file descriptor of it: its one process is needed only to have it made. */
static int make_userns(void)
{
    pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD | CLONE_NEWUSER, NULL, NULL, NULL, NULL);
    if (child == 0) {
        pause();
        _exit(0);
    }
    if (child < 0) return -1;
    int userns = -1;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/uid_map", child);
    bool mapped = write_file(path, "0 1 100");
    snprintf(path, sizeof path, "/proc/%d/gid_map", child);
    mapped = mapped && write_file(path, "0 1 100");
    snprintf(path, sizeof path, "/proc/%d/ns/user", child);
    if (mapped) userns = open(path, O_RDONLY | O_CLOEXEC);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return userns;
}

/* Makes the directories of the experiments below directory and enters them; path receives their absolute name. */
static bool make_stage(const char *directory, char *path, size_t size)
{
    int length = snprintf(path, size, "%s/.probe-XXXXXX", directory);
    if (length < 0 || (size_t)length >= size || mkdtemp(path) == NULL || chdir(path) != 0) return false;
    return mkdir("lower", 0755) == 0 && mkdir("rw", 0755) == 0 && mkdir("rw/upper", 0755) == 0 && mkdir("rw/work", 0755) == 0;
}

/* Missing names are fine: how much there is depends on how far the experiments came. */
static void remove_stage(const char *path)
{
    unlink("rw/upper/file");
    static const char *const directories[] = {"rw/work/work", "rw/work/index", "rw/work", "rw/upper", "rw", "lower"};
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) rmdir(directories[i]);
    rmdir(path);
}

int role_probe(int argc, char **argv)
{
    char stage[4096], group[4096] = "";
    if (argc != 3 || !make_stage(argv[1], stage, sizeof stage)) {
        fprintf(stderr, "probe: cannot make a directory in \"%s\": %s\n", argc == 3 ? argv[1] : "", strerror(errno));
        return 1;
    }
    int length = argv[2][0] != '/' ? -1 : snprintf(group, sizeof group, "%s/brig-probe-%d", argv[2], getpid());
    if (length < 0 || (size_t)length >= sizeof group || mkdir(group, 0755) != 0) group[0] = '\0';
    struct scene scene = {.group = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .userns = make_userns()};
    for (size_t i = 0; i < sizeof experiments / sizeof experiments[0]; i++) {
        int error = run_in_child(i, &scene);
        printf("feature%cname=%s%cok=%d%cerrno=%d%c%c", 0, experiments[i].name, 0, error == 0, 0, error, 0, 0);
        fflush(stdout); /* before the next fork, or the child would own a copy of the text */
    }
    if (group[0] != '\0') rmdir(group);
    remove_stage(stage);
    return 0;
}
