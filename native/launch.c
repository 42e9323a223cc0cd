/* brig's native helper: one static executable, which executes the host phase of a plan and stays until the child, which
 * executes the others, has ended. It acts and does not think: what to do arrives as records (record.h) from the TypeScript
 * side. It installs no signal handler, so that nothing that reads, writes or waits for a process ends with EINTR (signal(7)). */
#include "launch.h"

#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

#define CONTROL_FD 3
#define PLAN_MAX (16u << 20)
#ifndef MFD_EXEC
#define MFD_EXEC 0x10u
#endif

int launch_handle(struct launch *launch, const char *name)
{
    for (size_t i = 0; name != NULL && i < launch->handle_count; i++)
        if (strcmp(launch->handles[i].name, name) == 0) return launch->handles[i].fd;
    errno = EBADF;
    return -1;
}

int launch_keep(struct launch *launch, const char *name, int fd)
{
    if (fd < 0) return -1;
    if (name == NULL || launch->handle_count == HANDLES_MAX) {
        close(fd);
        errno = name == NULL ? EINVAL : EMFILE;
        return -1;
    }
    launch->handles[launch->handle_count++] = (struct handle){name, fd};
    return 0;
}

int launch_invalid(struct launch *launch, const struct record *record, const char *key)
{
    errno = EINVAL;
    return (int)CALL(&launch->journal, "plan", -1, "%s: field %s is missing or malformed", record->op, key);
}

/* Field 22 of proc_pid_stat(5): the second one, a name, may hold anything, so the count starts behind its last parenthesis. */
uint64_t launch_start_time(struct launch *launch, pid_t pid)
{
    char path[64], text[1024] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    OWNED fd = path_open_host(&launch->journal, path, O_RDONLY);
    const char *field = fd >= 0 && read(fd, text, sizeof text - 1) > 0 ? strrchr(text, ')') : NULL;
    for (int number = 2; field != NULL && number < 22; number++) field = strchr(field + 1, ' ');
    return field == NULL ? 0 : strtoull(field, NULL, 10);
}

static int run_step(struct launch *launch, const struct record *record)
{
    extern const struct operation __start_operations[], __stop_operations[]; /* of all files */
    const char *step = record_get(record, "step");
    launch->journal.step = step == NULL ? record->op : step;
    launch->journal.last_error = 0;
    FAIL_POINT("step", launch->journal.step);
    for (const struct operation *operation = __start_operations; operation < __stop_operations; operation++)
        if (strcmp(operation->name, record->op) == 0) return operation->run(launch, record);
    errno = ENOSYS;
    return (int)CALL(&launch->journal, "plan", -1, "no operation \"%s\"", record->op);
}

/* The reason for whoever writes the exit record, one field a line. */
static void report_failure(struct launch *launch)
{
    const struct journal *journal = &launch->journal;
    struct sync_message message = {.kind = 'f', .fd = -1};
    snprintf(message.text, sizeof message.text, "%s\n%s\n%s\n%d\n%s", journal->step, journal->process, journal->last_name,
             journal->last_error, journal->last_args);
    if (launch->sync >= 0) sync_send(launch->sync, message);
}

int launch_phase(struct launch *launch, const char *phase)
{
    launch->journal.process = phase;
    for (size_t i = 0; i < launch->record_count; i++) {
        const char *of = record_get(&launch->records[i], "phase");
        bool probes = record_get(&launch->records[i], "probe") != NULL;
        if (of == NULL || strcmp(of, phase) != 0 || probes != launch->probes) continue;
        bool skipped = launch->skips;
        launch->skips = false;
        if (skipped || run_step(launch, &launch->records[i]) == 0) continue;
        if (launch->journal.last_error == 0) { /* what failed was not one of the recorded calls: memory, mostly */
            launch->journal.last_error = errno;
            snprintf(launch->journal.last_name, sizeof launch->journal.last_name, "%s", launch->records[i].op);
        }
        journal_failed(&launch->journal);
        report_failure(launch);
        return -1;
    }
    journal_flush(&launch->journal);
    return 0;
}

_Noreturn void launch_child(struct launch *launch)
{
    if (launch_phase(launch, "child") == 0 && sync_send(launch->sync, (struct sync_message){.kind = 'b', .fd = -1}) == 0)
        launch_phase(launch, "init");
    _exit(125);
}

/* What carries one descriptor (cmsg(3)). */
struct rights {
    struct cmsghdr header;
    int fd;
};

int sync_send(int socket, struct sync_message message)
{
    struct iovec data = {&message, sizeof message};
    struct rights rights = {{CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}, message.fd};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = message.fd < 0 ? 0 : sizeof rights};
    return sendmsg(socket, &header, MSG_NOSIGNAL) == sizeof message ? 0 : -1;
}

/* Returns 1 for a message, 0 at the end of file, -1 on error. message->fd is -1 unless one came along. */
int sync_receive(int socket, struct sync_message *message)
{
    struct iovec data = {message, sizeof *message};
    struct rights rights = {.fd = -1};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof rights};
    ssize_t got = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    message->fd = rights.fd;
    message->text[sizeof message->text - 1] = '\0';
    return got > 0 ? 1 : (int)got;
}

/* The other part of the launch says itself why it has failed. */
int sync_await(int socket, char expected, struct sync_message *message)
{
    if (sync_receive(socket, message) == 1 && message->kind == expected) return 0;
    close_owned(&message->fd);
    errno = EPIPE;
    return -1;
}

/* The executable through an overlay without an upper layer that is mounted nowhere: nothing can be written through it,
 * and all launchers share its pages, as copies in memory could not. An overlay without an upper layer needs two lower
 * ones; nothing is looked up in the second. */
static int open_unwritable(const char *path)
{
    char layers[PATH_MAX + 8];
    const char *name = strrchr(path, '/');
    if (name == NULL || strpbrk(path, ":,\\") != NULL) return -1;
    snprintf(layers, sizeof layers, "%.*s:/sys", (int)(name - path), path);
    OWNED context = fsopen("overlay", FSOPEN_CLOEXEC);
    if (context < 0 || fsconfig(context, FSCONFIG_SET_STRING, "lowerdir", layers, 0) != 0) return -1;
    if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != 0) return -1;
    OWNED tree = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    return tree < 0 ? -1 : openat(tree, name + 1, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

/* Where there is no such overlay (the executable's directory is one of several layers already): a copy in memory.
 * MFD_EXEC is asked for where the kernel knows it (6.3); 6.1 makes every memfd executable. */
static int open_sealed_copy(int self)
{
    OWNED copy = memfd_create("brig-helper", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    if (copy < 0 && errno == EINVAL) copy = memfd_create("brig-helper", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    struct stat status;
    if (copy < 0 || fstat(self, &status) != 0) return -1;
    for (off_t at = 0; at < status.st_size;)
        if (sendfile(copy, self, &at, (size_t)(status.st_size - at)) <= 0) return -1;
    return fcntl(copy, F_ADD_SEALS, SEALS) == 0 ? fcntl(copy, F_DUPFD_CLOEXEC, 0) : -1;
}

/* The container must never see a writable inode of the host behind /proc/1/exe (CVE-2019-5736). */
static int run_from_unwritable(char **argv)
{
    char path[PATH_MAX] = "";
    struct statfs system;
    OWNED self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (self < 0 || readlink("/proc/self/exe", path, sizeof path - 1) <= 0 || fstatfs(self, &system) != 0) return -1;
    if (fcntl(self, F_GET_SEALS) == SEALS) return 0;
    /* the name of a file in the root of a mount that is mounted nowhere has no directory before it */
    if (system.f_type == OVERLAYFS_SUPER_MAGIC && (system.f_flags & ST_RDONLY) != 0 && strrchr(path, '/') == path) return 0;
    argv[0] = (char[]){"brig-helper"};
    OWNED overlay = open_unwritable(path);
    if (overlay >= 0) fexecve(overlay, argv, (char *[]){NULL});
    OWNED copy = open_sealed_copy(self);
    if (copy >= 0) fexecve(copy, argv, (char *[]){NULL});
    return -1;
}

/* Reads up to and including the record `end`, which nothing follows until the caller has heard from us. */
static int read_plan(struct launch *launch)
{
    static const char end[] = "\0\0end\0"; /* the end of the record before it, its name, its own end */
    static char plan[PLAN_MAX]; /* pages that nothing touches cost nothing */
    size_t used = 0;
    for (;;) {
        ssize_t got = read(launch->control, plan + used, sizeof plan - used);
        if (got <= 0) return -1;
        used += (size_t)got;
        if (used >= sizeof end && memcmp(plan + used - sizeof end, end, sizeof end) == 0) break;
    }
    size_t at = 0;
    while (at < used && launch->record_count < RECORDS_MAX) {
        ptrdiff_t size = record_parse(plan + at, used - at, &launch->records[launch->record_count]);
        if (size <= 0) return -1;
        launch->record_count++;
        at += (size_t)size;
    }
    return at == used ? 0 : -1;
}

const struct record *launch_find(const struct launch *launch, const char *op)
{
    const struct record *found = NULL;
    for (size_t i = 0; i < launch->record_count; i++)
        if (strcmp(launch->records[i].op, op) == 0 && record_get(&launch->records[i], "probe") == NULL) found = &launch->records[i];
    return found;
}

int main(int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[1], "launch") != 0) {
        fputs("this is the native helper of brig; it is started by brig and reads what to do from a file descriptor\n", stderr);
        return 125;
    }
    if (run_from_unwritable(argv) != 0) {
        perror("brig: cannot run from an executable that nobody can write");
        return 125;
    }
    static struct launch state;
    struct launch *launch = &state;
    launch->control = launch->journal.fd = CONTROL_FD;
    launch->sync = launch->pidfd = launch->userns = launch->stage = launch->root = launch->cgroup = launch->proc = -1;
    launch->master = launch->slave = -1;
    launch->journal.process = "host";
    launch->journal.step = "plan";
    prctl(PR_SET_NAME, "brig: launch");
    umask(0);
    /* Descriptors that a caller of ours left open must not reach the payload, nor live as long as it does. */
    close_range(CONTROL_FD + 1, ~0u, 0);
    fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    int flags = fcntl(launch->control, F_GETFL);
    if (flags < 0 || fcntl(launch->control, F_SETFL, flags & ~O_NONBLOCK) != 0) return 125;
    if (recv(launch->control, &(char){0}, 1, MSG_PEEK) == 0) return 125; /* a caller who has no use for us after all */
    if (read_plan(launch) != 0) {
        fputs("brig: the helper got no valid plan\n", stderr);
        return 125;
    }
    /* a plan that starts a payload says who stays with it; one that only looks at files has no such record */
    const struct record *settings = launch_find(launch, "monitor");
    return settings != NULL ? launch_monitor(launch, settings) : launch_phase(launch, "host") == 0 ? 0 : 125;
}
