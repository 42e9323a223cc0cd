/* The other half of FAIL_POINT (native/helper.h), linked into the helper's build for test/failures only. The helper has no
 * environment, so what to do is read from that of the process that started it, brig: BRIG_FAIL=NAME=ACTION,... with the
 * actions kill, kill-parent, stop and delay:MILLISECONDS. BRIG_FAIL_TRACE is a file that takes the names of the points at
 * which something happened. */
#include "../../native/helper.h"

static char actions[1024];
static int trace = -1; /* opened early: a process of a container has other roots */

static const char *find(const char *environment, size_t size, const char *key)
{
    for (const char *at = environment; at < environment + size; at += strlen(at) + 1)
        if (strncmp(at, key, strlen(key)) == 0) return at + strlen(key);
    return NULL;
}

__attribute__((constructor)) static void read_actions(void)
{
    static char environment[65536];
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/environ", (int)getppid());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got, size = 0;
    while (fd >= 0 && size < (ssize_t)sizeof environment - 1 && (got = read(fd, environment + size, sizeof environment - 1 - (size_t)size)) > 0) size += got;
    if (fd >= 0) close(fd);
    const char *found = find(environment, (size_t)size, "BRIG_FAIL="), *file = find(environment, (size_t)size, "BRIG_FAIL_TRACE=");
    if (found != NULL) snprintf(actions, sizeof actions, "%s", found);
    fd = found == NULL || file == NULL ? -1 : open(file, O_WRONLY | O_APPEND | O_CLOEXEC);
    trace = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 200); /* out of the way of numbers that plans count on */
    if (fd >= 0) close(fd);
}

/* The helper closes whatever it does not need; the trace stays (the linker's --wrap puts this in the place of close_range). */
int __real_close_range(unsigned first, unsigned last, int flags);
int __wrap_close_range(unsigned first, unsigned last, int flags)
{
    unsigned kept = (unsigned)trace;
    if (trace < 0 || kept < first || kept > last) return __real_close_range(first, last, flags);
    if (kept > first && __real_close_range(first, kept - 1, flags) != 0) return -1;
    return kept < last ? __real_close_range(kept + 1, last, flags) : 0;
}

/* Returns when the parent is gone: a signal to somebody else arrives when it likes. */
static void kill_parent(void)
{
    pid_t parent = getppid();
    if (parent <= 1) return; /* outside our pid namespace, or gone already */
    kill(parent, SIGKILL);
    while (getppid() == parent) usleep(1000);
}

static void act(const char *action, const char *name, size_t size)
{
    char line[260];
    snprintf(line, sizeof line, "%.*s\n", (int)size, name);
    if (trace >= 0 && write(trace, line, size + 1) < 0) trace = -1;
    if (strncmp(action, "kill-parent", 11) == 0) {
        kill_parent();
    } else if (strncmp(action, "kill", 4) == 0) {
        kill(getpid(), SIGKILL);
        _exit(137); /* the first process of a pid namespace gets no SIGKILL from inside (pid_namespaces(7)) */
    } else if (strncmp(action, "stop", 4) == 0) {
        kill(getpid(), SIGSTOP);
    } else if (strncmp(action, "delay:", 6) == 0) {
        usleep((useconds_t)atoi(action + 6) * 1000);
    }
}

void fail_point(const char *family, const char *name)
{
    char wanted[256];
    int length = snprintf(wanted, sizeof wanted, "%s.%s=", family, name);
    for (const char *at = actions; *at != '\0'; at++) {
        bool begins = at == actions || at[-1] == ',';
        if (begins && length > 0 && (size_t)length < sizeof wanted && strncmp(at, wanted, (size_t)length) == 0)
            act(at + length, wanted, (size_t)length - 1);
    }
}
