/* Phase init: gives up, in the order of the plan, what the payload must not have, and becomes the payload. And what any phase
 * may do: stop. */
#include "launch.h"

#include <grp.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#define GROUPS_MAX 65536u
#define FILTER_MAX 4096u
#define CAPABILITY_LAST 63

OPERATION("rlimit", op_rlimit)
{
    NUMBER(resource, "resource", RLIM_NLIMITS);
    NUMBER(soft, "soft", UINT64_MAX);
    NUMBER(hard, "hard", UINT64_MAX);
    return DO("setrlimit", setrlimit((__rlimit_resource_t)resource, &(struct rlimit){soft, hard}), "%u, %llu:%llu", (unsigned)resource,
                     (unsigned long long)soft, (unsigned long long)hard);
}

/* The payload's standard streams: the terminal, or the caller's with stdin replaced by the null device unless wanted. */
OPERATION("streams", op_streams)
{
    if (DO("setsid", setsid(), " ") < 0) return -1;
    if (launch->slave >= 0) {
        if (DO("ioctl", ioctl(launch->slave, TIOCSCTTY, 0), "%d, TIOCSCTTY", launch->slave) != 0) return -1;
        for (int fd = 0; fd < 3; fd++)
            if (DO("dup2", dup2(launch->slave, fd), "%d, %d", launch->slave, fd) < 0) return -1;
        return 0;
    }
    if (record_get(record, "stdin") != NULL) return 0;
    OWNED null = path_open_in(&launch->journal, launch->root, "dev/null", O_RDWR, IN_ROOT);
    if (null < 0) return -1;
    struct stat status = {0};
    bool genuine = fstat(null, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
    errno = ENODEV;
    return DO("dup2", genuine ? dup2(null, 0) : -1, "%d, 0", null) < 0 ? -1 : 0;
}

/* The answer is a signal, which waits, because all are blocked: SIGUSR1 to go on, SIGUSR2 to leave the next step out, SIGALRM
 * not to stop any more (SIGCONT would come of a terminal, too), SIGTERM to give up, as when nobody is left to answer. */
static int await_answer(struct launch *launch)
{
    struct signalfd_siginfo answer = {0};
    sigset_t answers = {0};
    for (int i = 0; i < 4; i++) sigaddset(&answers, (int[]){SIGUSR1, SIGUSR2, SIGALRM, SIGTERM}[i]);
    OWNED signals = signalfd(-1, &answers, SFD_CLOEXEC);
    struct pollfd polls[] = {{.fd = signals, .events = POLLIN}, {.fd = launch->journal.fd, .events = POLLRDHUP}};
    bool answered = poll(polls, 2, -1) > 0 && polls[0].revents != 0 && read(signals, &answer, sizeof answer) > 0;
    launch->skips = answer.ssi_signo == SIGUSR2;
    launch->hastens = answer.ssi_signo == SIGALRM;
    errno = ECANCELED;
    return answered && answer.ssi_signo != SIGTERM ? 0 : -1;
}

/* A stop, for which the caller asks at any place of any process. A restart has nobody who looks. */
OPERATION("pause", op_pause)
{
    if (launch->again || launch->hastens) return 0;
    journal_record(&launch->journal, "paused%cstep=%s%cpid=%d", 0, launch->journal.step, 0, (int)getpid());
    return DO("pause", await_answer(launch), "%s", launch->skips ? "on without the next step" : "on");
}

OPERATION("keyring", op_keyring)
{
    long result = DO("keyctl", syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL), "JOIN_SESSION_KEYRING");
    return result < 0 && errno != ENOSYS ? -1 : 0; /* a kernel without keyrings has none to share */
}

OPERATION("noNewPrivileges", op_no_new_privileges)
{
    return DO("prctl", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS, 1");
}

OPERATION("bounding", op_bounding)
{
    NUMBER(keep, "capabilities", UINT64_MAX);
    for (int capability = 0; capability <= CAPABILITY_LAST; capability++) {
        int held = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
        if (held < 0) break; /* past the last one that this kernel knows */
        if (held == 0 || (keep >> capability & 1) != 0) continue;
        if (DO("prctl", prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "PR_CAPBSET_DROP, %d", capability) != 0) return -1;
    }
    return 0;
}

OPERATION("identity", op_identity)
{
    static gid_t groups[GROUPS_MAX];
    size_t count = 0;
    uint64_t mask, group;
    NUMBER(uid, "uid", UINT32_MAX - 1);
    NUMBER(gid, "gid", UINT32_MAX - 1);
    for (const char *text = record->op; (text = record_next(text, "group")) != NULL;) {
        if (count == GROUPS_MAX || !parse_u64(text, UINT32_MAX - 1, &group)) return launch_invalid(launch, record, "group");
        groups[count++] = (gid_t)group;
    }
    if (DO("setgroups", setgroups(count, groups), "%zu groups", count) != 0) return -1;
    if (DO("setresgid", setresgid((gid_t)gid, (gid_t)gid, (gid_t)gid), "%u", (unsigned)gid) != 0) return -1;
    /* Without it the change of uid would drop the capabilities that the next steps still need. */
    if (DO("prctl", prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "PR_SET_KEEPCAPS, 1") != 0) return -1;
    if (DO("setresuid", setresuid((uid_t)uid, (uid_t)uid, (uid_t)uid), "%u", (unsigned)uid) != 0) return -1;
    umask(record_get_u64(record, "umask", 0777, &mask) ? (mode_t)mask : 0022);
    return 0;
}

OPERATION("capabilities", op_capabilities)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    NUMBER(effective, "effective", UINT64_MAX);
    NUMBER(permitted, "permitted", UINT64_MAX);
    NUMBER(inheritable, "inheritable", UINT64_MAX);
    NUMBER(ambient, "ambient", UINT64_MAX);
    for (int half = 0; half < 2; half++) {
        data[half].effective = (uint32_t)(effective >> 32 * half);
        data[half].permitted = (uint32_t)(permitted >> 32 * half);
        data[half].inheritable = (uint32_t)(inheritable >> 32 * half);
    }
    if (DO("capset", syscall(SYS_capset, &header, data), "effective=0x%llx, permitted=0x%llx, inheritable=0x%llx",
             (unsigned long long)effective, (unsigned long long)permitted, (unsigned long long)inheritable) != 0)
        return -1;
    for (int capability = 0; capability <= CAPABILITY_LAST; capability++)
        if ((ambient >> capability & 1) != 0 &&
            DO("prctl", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0), "PR_CAP_AMBIENT_RAISE, %d", capability) != 0)
            return -1;
    return 0;
}

OPERATION("seccomp", op_seccomp)
{
    static struct sock_filter filter[FILTER_MAX];
    struct sock_fprog program = {0, filter};
    const char *hex = record_get(record, "program");
    size_t size;
    FLAGS(flags, "flags");
    if (hex == NULL || !decode_hex(hex, filter, sizeof filter, &size) || size == 0 || size % 8 != 0) return launch_invalid(launch, record, "program");
    program.len = (unsigned short)(size / 8);
    return DO("seccomp", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program),
                     "SECCOMP_SET_MODE_FILTER, flags=0x%llx, %zu instructions", (unsigned long long)flags, size / 8);
}

/* A directory outside the root shows as "(unreachable)": so a leaked descriptor would give itself away (CVE-2024-21626). */
OPERATION("directory", op_directory)
{
    REQUIRED(path, "path");
    if (DO("chdir", chdir(path), "\"%s\"", path) != 0) return -1;
    char here[4096];
    long size = syscall(SYS_getcwd, here, sizeof here);
    if (size > 0 && here[0] == '/') return 0;
    errno = ENOENT;
    return DO("getcwd", -1, "not inside the container");
}

/* Tries each candidate as a shell's search would: one that is missing lets the next one be tried; one that is there
 * but may not be executed is remembered as the reason when no other is found (execvp(3)). */
static int execute(struct launch *launch, const struct record *record)
{
    OWNED_MEMORY char **argv = record_strings(record, "argv");
    OWNED_MEMORY char **env = record_strings(record, "env");
    int reason = ENOENT;
    if (argv == NULL || env == NULL || argv[0] == NULL || record_get(record, "path") == NULL) return launch_invalid(launch, record, "argv");
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &(sigset_t){0}, NULL);
    for (const char *path = record->op; (path = record_next(path, "path")) != NULL;) {
        journal_flush(&launch->journal);
        CALL(&launch->journal, "execve", execve(path, argv, env), "\"%s\"", path);
        if (errno != ENOENT && errno != ENOTDIR) reason = errno;
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
    }
    launch->journal.last_error = errno = reason;
    return -1;
}

/* The container's init (`--init`), by this helper's sealed copy: process 1 that hands signals to the payload and reaps
 * what is orphaned. From here on nothing of our own may end the process before the payload has ended. */
_Noreturn static void become_init(pid_t payload)
{
    sigset_t all;
    int payload_status = 0;
    prctl(PR_SET_NAME, "brig: init");
    close_range(3, ~0u, 0); /* also the host's socket: its end of file then means that the payload was executed */
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (bool alive = true; alive;) {
        int number = sigwaitinfo(&all, NULL);
        if (number > 0 && number != SIGCHLD) kill(payload, number);
        for (int status; number == SIGCHLD;) {
            pid_t ended = waitpid(-1, &status, WNOHANG);
            if (ended <= 0) break;
            if (ended != payload) continue;
            payload_status = status;
            alive = false;
        }
    }
    _exit(WIFSIGNALED(payload_status) ? 128 + WTERMSIG(payload_status) : WEXITSTATUS(payload_status));
}

OPERATION("execute", op_execute)
{
    /* The standard streams and nothing else: no path that the payload is looked up by may lead through a descriptor of the
     * host's (CVE-2024-21626). What a failure is told through stays, and closes at execve. */
    if (record_get(record, "with-parent") != NULL && DO("prctl", prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "PR_SET_PDEATHSIG, SIGKILL") != 0) return -1;
    unsigned first = launch->journal.fd == 3 ? 4 : 3, sync = (unsigned)launch->sync;
    if (sync > first && DO("close_range", close_range(first, sync - 1, 0), "%u, %u", first, sync - 1) != 0) return -1;
    if (DO("close_range", close_range(sync + 1, ~0u, 0), "%u, ~0", sync + 1) != 0) return -1;
    if (record_get(record, "init") == NULL) return execute(launch, record);
    journal_flush(&launch->journal);
    pid_t payload = fork();
    if (payload < 0) return DO("fork", -1, " ");
    if (payload > 0) become_init(payload);
    if (setpgid(0, 0) == 0 && launch->slave >= 0) tcsetpgrp(0, getpid());
    return execute(launch, record);
}
