/* The payload of tests that watch a container from inside while others join it. It follows the newest process ids and
 * tries to get at each process while that is still the engine's own: to trace it, to open its memory, its descriptors
 * and its executable. A process is the engine's own while its name begins with "brig:", which execve(2) ends; the name
 * is looked at again after every success, so that a command that has been executed by then is never counted.
 *
 * Executables that are not the container's own are kept open besides, whoever runs them: what holds one only has to wait
 * until nothing runs from it any more to write to it, unless it is sealed or its mount is read-only.
 *
 * SIGTERM ends it. Then it prints {"seen":N,"traced":N,"opened":N,"executables":N,"kept":N,"writable":N}: how many of the
 * engine's processes it met and what it got of them, how many executables it kept and how many of those could be written
 * to. It writes to nothing: an executable is opened for writing and closed again. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t ended;
static unsigned long seen, traced, opened, executables, writable;
static int kept[64];
static size_t kept_count;

static void end(int number)
{
    (void)number;
    ended = 1;
}

/* The name is all that a stranger may read of a process that cannot be traced. */
static bool is_engine(int pid)
{
    char path[64], text[64] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", pid);
    int fd = open(path, O_RDONLY);
    ssize_t size = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    return size > 0 && strncmp(text, "brig:", 5) == 0;
}

static bool can_open(int pid, const char *name, int flags)
{
    char path[400];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, flags);
    if (fd < 0) return false;
    bool counts = is_engine(pid);
    close(fd);
    return counts;
}

/* Seized, not attached: a stop signal that is still on its way when we let go would stop the command for good. */
static void try_trace(int pid)
{
    if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) != 0) return;
    if (is_engine(pid)) traced++;
    if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0) waitpid(pid, NULL, __WALL);
    ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static void try_descriptors(int pid)
{
    char path[64], name[300];
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        snprintf(name, sizeof name, "fd/%s", entry->d_name);
        if (entry->d_name[0] != '.' && can_open(pid, name, O_RDONLY | O_NONBLOCK)) opened++;
    }
    if (directory != NULL) closedir(directory);
}

static void keep_executable(int pid)
{
    char path[64], target[256] = "";
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    if (kept_count == sizeof kept / sizeof kept[0] || readlink(path, target, sizeof target - 1) <= 0) return;
    if (strcmp(target, "/bin/busybox") == 0 || strcmp(target, "/watch") == 0) return;
    int fd = open(path, O_RDONLY);
    if (fd < 0) return;
    if (readlink(path, target, sizeof target - 1) > 0 && strcmp(target, "/bin/busybox") != 0) kept[kept_count++] = fd;
    else close(fd);
}

static void try_kept(void)
{
    struct statvfs where;
    for (size_t i = 0; i < kept_count; i++) {
        int seals = fcntl(kept[i], F_GET_SEALS); /* fails for everything but a memory file */
        bool sealed = seals >= 0 && (seals & F_SEAL_WRITE) != 0;
        if (!sealed && (fstatvfs(kept[i], &where) != 0 || (where.f_flag & ST_RDONLY) == 0)) writable++;
    }
}

static void try_all(int pid)
{
    keep_executable(pid);
    if (!is_engine(pid)) return;
    seen++;
    static const char *const names[] = {"mem", "environ", "cwd", "root", "maps"};
    try_trace(pid);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (can_open(pid, names[i], O_RDONLY | O_NONBLOCK)) opened++;
    try_descriptors(pid);
    if (can_open(pid, "exe", O_WRONLY)) executables++;
    if (can_open(pid, "exe", O_RDONLY)) executables++;
}

/* The newest id of the pid namespace: the last field of proc_loadavg(5). */
static int newest(void)
{
    char text[128] = "";
    int fd = open("/proc/loadavg", O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0) exit(1);
    close(fd);
    const char *last = strrchr(text, ' ');
    return last == NULL ? 0 : atoi(last + 1);
}

int main(void)
{
    signal(SIGTERM, end);
    puts("watching");
    fflush(stdout);
    while (!ended) {
        int pid = newest();
        for (int back = 0; back < 4; back++)
            if (pid - back > 1 && pid - back != getpid()) try_all(pid - back);
    }
    try_kept();
    printf("{\"seen\":%lu,\"traced\":%lu,\"opened\":%lu,\"executables\":%lu,\"kept\":%zu,\"writable\":%lu}\n", seen, traced, opened,
           executables, kept_count, writable);
    return 0;
}
