/* attack NAME...: tries each of what a container must not be able to do, and prints "NAME ERRNO", 0 for success. Nothing of
 * it would harm a host on which it succeeded: all arguments are invalid where the call would act. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/tiocl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a process of its own, which may lose its namespaces, and is gone afterwards. */
static long in_child(int flags)
{
    pid_t child = fork();
    if (child == 0) _exit(unshare(flags) == 0 ? 0 : errno);
    int status = 0;
    waitpid(child, &status, 0);
    errno = WEXITSTATUS(status);
    return errno == 0 ? 0 : -1;
}

static long open_by_handle(void)
{
    struct file_handle handle = {.handle_bytes = 0};
    return syscall(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY);
}

static long push_back(int fd)
{
    return ioctl(fd, TIOCSTI, "!");
}

static long paste(int fd)
{
    char subcode = TIOCL_PASTESEL;
    return ioctl(fd, TIOCLINUX, &subcode);
}

static const struct {
    const char *name;
    int number;
    long arguments[5];
} calls[] = {
    {"keyctl", SYS_keyctl, {KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING}},
    {"add_key", SYS_add_key, {0}},
    {"request_key", SYS_request_key, {0}},
    {"io_uring_setup", SYS_io_uring_setup, {1}},
    {"userfaultfd", SYS_userfaultfd, {-1}},
    {"bpf", SYS_bpf, {-1}},
    {"perf_event_open", SYS_perf_event_open, {0}},
    {"kexec_load", SYS_kexec_load, {0, 0, 0, -1}},
    {"init_module", SYS_init_module, {0}},
    {"delete_module", SYS_delete_module, {0}},
    {"mount", SYS_mount, {0}},
    {"umount2", SYS_umount2, {0}},
    {"pivot_root", SYS_pivot_root, {0}},
    {"fsopen", SYS_fsopen, {0}},
    {"open_tree", SYS_open_tree, {-1, 0}},
    {"move_mount", SYS_move_mount, {-1, 0, -1, 0}},
    {"mount_setattr", SYS_mount_setattr, {-1, 0, 0, 0, 0}},
    {"setns", SYS_setns, {-1, 0}},
    {"clone3", SYS_clone3, {0, 0}},
    {"reboot", SYS_reboot, {0, 0, 0, 0}},
    {"swapon", SYS_swapon, {0}},
    {"syslog", SYS_syslog, {99}},
    {"quotactl", SYS_quotactl, {-1}},
    {"kcmp", SYS_kcmp, {0, 0, 99}},
    {"pidfd_getfd", SYS_pidfd_getfd, {-1, 0, 0}},
    {"process_madvise", SYS_process_madvise, {-1}},
};

static long attempt(const char *name)
{
    if (strcmp(name, "socket-alg") == 0) return socket(38, SOCK_SEQPACKET, 0);
    if (strcmp(name, "socket-vsock") == 0) return socket(40, SOCK_STREAM, 0);
    if (strcmp(name, "open_by_handle_at") == 0) return open_by_handle();
    if (strcmp(name, "user-namespace") == 0) return in_child(CLONE_NEWUSER);
    if (strcmp(name, "mount-namespace") == 0) return in_child(CLONE_NEWNS);
    if (strncmp(name, "push-back-", 10) == 0) return push_back(atoi(name + 10));
    if (strncmp(name, "paste-", 6) == 0) return paste(atoi(name + 6));
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const long *a = calls[i].arguments;
        if (strcmp(name, calls[i].name) == 0) return syscall(calls[i].number, a[0], a[1], a[2], a[3], a[4]);
    }
    fprintf(stderr, "unknown attack \"%s\"\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        errno = 0;
        long result = attempt(argv[i]);
        printf("%s %d\n", argv[i], result < 0 ? errno : 0);
    }
    return 0;
}
