/* The host's part after the child was made: learn whether the payload was executed, hand it signals and terminal input,
 * collect its end, and leave neither a process nor a group behind. Every signal is blocked: only SIGKILL ends us. */
#include "launch.h"
#include "paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define STATISTICS_MAX 65536u

struct session {
    struct launch *launch;
    bool ended;       /* the child has been waited for */
    bool executed;    /* the payload runs */
    bool terminal;    /* our stdin is a terminal that we have put into raw mode */
    struct termios saved;
    int resized;      /* signalfd for SIGWINCH */
    siginfo_t status;
    size_t pending;   /* terminal input that the container has not taken yet */
    size_t pending_at;
    char input[4096];
    char command[4096];
    size_t command_size;
};

/* The terminal's state, in the form that stty(1) takes, goes to the caller, who can restore it if we are killed. */
static void report_terminal(struct session *session)
{
    char text[4 * 9 + NCCS * 3 + 1];
    const struct termios *saved = &session->saved;
    int used = snprintf(text, sizeof text, "%x:%x:%x:%x", saved->c_iflag, saved->c_oflag, saved->c_cflag, saved->c_lflag);
    for (int i = 0; i < NCCS; i++) used += snprintf(text + used, sizeof text - (size_t)used, ":%x", saved->c_cc[i]);
    journal_record(&session->launch->journal, "terminal", "saved=%s", text);
}

static void raw_terminal(struct session *session)
{
    if (tcgetattr(0, &session->saved) != 0) return;
    report_terminal(session);
    struct termios raw = session->saved;
    cfmakeraw(&raw);
    session->terminal = tcsetattr(0, TCSANOW, &raw) == 0;
}

static void copy_size(const struct session *session)
{
    struct winsize size;
    if (ioctl(0, TIOCGWINSZ, &size) == 0) ioctl(session->launch->master, TIOCSWINSZ, &size);
}

static void start_terminal(struct session *session, int master)
{
    sigset_t window;
    session->launch->master = master;
    fcntl(master, F_SETFL, O_NONBLOCK);
    raw_terminal(session);
    copy_size(session);
    sigemptyset(&window);
    sigaddset(&window, SIGWINCH);
    session->resized = signalfd(-1, &window, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A message of the child: its terminal, a failure, or the end of file that execve(2) makes. */
static void hear_child(struct session *session)
{
    char byte;
    int fd, got = sync_receive(session->launch, &byte, &fd);
    if (got > 0 && byte == 't' && fd >= 0) {
        start_terminal(session, fd);
        return;
    }
    if (fd >= 0) close(fd);
    if (got == 0 && !session->ended) {
        session->executed = true;
        journal_record(&session->launch->journal, "started", "pid=%d", (int)session->launch->child);
    }
    close(session->launch->sync);
    session->launch->sync = -1;
}

static void signal_child(struct session *session, int number)
{
    CALL(&session->launch->journal, "pidfd_send_signal", syscall(SYS_pidfd_send_signal, session->launch->pidfd, number, NULL, 0), "%d, %d",
         session->launch->pidfd, number);
}

/* Records from the caller: `signal number=N`. Its end of file means that it is gone; a container in the foreground
 * does not outlive its caller. */
static void hear_caller(struct session *session)
{
    struct launch *launch = session->launch;
    ssize_t got = read(launch->control, session->command + session->command_size, sizeof session->command - session->command_size);
    if (got <= 0) {
        signal_child(session, SIGKILL);
        close(launch->control);
        launch->control = -1;
        return;
    }
    session->command_size += (size_t)got;
    for (;;) {
        struct record record;
        uint64_t number;
        ptrdiff_t size = record_parse(session->command, session->command_size, &record);
        if (size > 0 && strcmp(record.op, "signal") == 0 && record_get_u64(&record, "number", NSIG - 1, &number))
            signal_child(session, (int)number);
        record_free(&record);
        if (size == 0 && session->command_size < sizeof session->command) return;
        size_t taken = size > 0 ? (size_t)size : session->command_size;
        session->command_size -= taken;
        memmove(session->command, session->command + taken, session->command_size);
        if (session->command_size == 0) return;
    }
}

static bool write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = write(fd, bytes, size);
        if (sent < 0 && (errno == EINTR || errno == EAGAIN)) {
            struct pollfd writable = {.fd = fd, .events = POLLOUT};
            poll(&writable, 1, -1);
            continue;
        }
        if (sent < 0) return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* Returns false when nothing more will come: EIO is how a master says that every slave is closed. */
static bool pump_output(struct session *session)
{
    char bytes[16384];
    ssize_t got = read(session->launch->master, bytes, sizeof bytes);
    if (got > 0) return write_all(1, bytes, (size_t)got);
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

static void pump_input(struct session *session, struct pollfd *stdin_poll)
{
    if (session->pending == 0) {
        ssize_t got = read(0, session->input, sizeof session->input);
        if (got <= 0) {
            if (got == 0 || (errno != EAGAIN && errno != EINTR)) stdin_poll->fd = -1;
            return;
        }
        session->pending = (size_t)got;
        session->pending_at = 0;
    }
    ssize_t sent = write(session->launch->master, session->input + session->pending_at, session->pending);
    if (sent < 0) return;
    session->pending_at += (size_t)sent;
    session->pending -= (size_t)sent;
}

static void collect_child(struct session *session)
{
    int result;
    do
        result = waitid(P_PIDFD, (id_t)session->launch->pidfd, &session->status, WEXITED);
    while (result < 0 && errno == EINTR);
    session->ended = true;
}

enum { CHILD, CALLER, SYNC, MASTER, INPUT, RESIZED, POLLS };

static void prepare_polls(const struct session *session, struct pollfd polls[POLLS])
{
    const struct launch *launch = session->launch;
    polls[CHILD] = (struct pollfd){.fd = session->ended ? -1 : launch->pidfd, .events = POLLIN};
    polls[CALLER] = (struct pollfd){.fd = session->ended ? -1 : launch->control, .events = POLLIN};
    polls[SYNC] = (struct pollfd){.fd = launch->sync, .events = POLLIN};
    polls[MASTER] = (struct pollfd){.fd = launch->master, .events = (short)(POLLIN | (session->pending > 0 ? POLLOUT : 0))};
    polls[RESIZED] = (struct pollfd){.fd = session->resized, .events = POLLIN};
}

static void supervise(struct session *session)
{
    struct launch *launch = session->launch;
    struct pollfd polls[POLLS];
    struct pollfd stdin_poll = {.fd = launch->input ? 0 : -1, .events = POLLIN};
    while (!session->ended || launch->sync >= 0 || launch->master >= 0) {
        prepare_polls(session, polls);
        polls[INPUT] = launch->master >= 0 && session->pending == 0 && !session->ended ? stdin_poll : (struct pollfd){.fd = -1};
        if (poll(polls, POLLS, -1) < 0) continue; /* EINTR; no other error is possible for this array */
        if (polls[SYNC].revents != 0) hear_child(session);
        if (polls[CALLER].revents != 0) hear_caller(session);
        if (polls[INPUT].revents != 0 || (polls[MASTER].revents & POLLOUT) != 0) pump_input(session, &stdin_poll);
        if ((polls[MASTER].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !pump_output(session)) {
            close(launch->master);
            launch->master = -1;
        }
        if (polls[RESIZED].revents != 0) {
            struct signalfd_siginfo ignored;
            if (read(session->resized, &ignored, sizeof ignored) > 0) copy_size(session);
        }
        if (polls[CHILD].revents != 0) {
            /* The master keeps what was written until the last slave closes, which a process that escaped the payload
             * might never do: take what is there and do not wait for more. */
            collect_child(session);
            while (launch->master >= 0 && pump_output(session) && errno != EAGAIN) errno = 0;
            if (launch->master >= 0) close(launch->master);
            launch->master = -1;
        }
    }
}

static void send_statistics(struct launch *launch, const char *name)
{
    char *bytes;
    ssize_t size = path_read(&launch->journal, launch->cgroup, name, STATISTICS_MAX, &bytes);
    if (size >= 0) journal_file(&launch->journal, name, 0, bytes, (size_t)size);
    free(bytes);
}

/* Removes a group and the groups that the container may have made in it; deepest first. */
static int remove_group(struct launch *launch, int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (directory == NULL) {
        if (fd >= 0) close(fd);
        return -1;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.') remove_group(launch, fd, entry->d_name);
    closedir(directory);
    return (int)CALL(&launch->journal, "unlinkat", unlinkat(parent, name, AT_REMOVEDIR), "\"%s\", AT_REMOVEDIR", name);
}

/* cgroup.kill reaches what has left the payload's process tree; the group is empty when cgroup.events says so, which
 * poll(2) reports as POLLPRI (cgroups(7)). */
static void end_group(struct launch *launch)
{
    path_write(&launch->journal, launch->cgroup, "cgroup.kill", "1");
    int events = openat(launch->cgroup, "cgroup.events", O_RDONLY | O_CLOEXEC);
    for (int tries = 0; events >= 0 && tries < 100; tries++) {
        char text[256] = "";
        ssize_t size = pread(events, text, sizeof text - 1, 0);
        if (size <= 0 || strstr(text, "populated 0") != NULL) break;
        struct pollfd change = {.fd = events, .events = POLLPRI};
        poll(&change, 1, 100);
    }
    if (events >= 0) close(events);
    static const char *const statistics[] = {"memory.events", "memory.peak", "memory.max", "pids.events", "cpu.stat"};
    for (size_t i = 0; i < sizeof statistics / sizeof statistics[0]; i++) send_statistics(launch, statistics[i]);
    const char *path = NULL;
    for (size_t i = 0; i < launch->record_count; i++) /* the last group made is the container's */
        if (strcmp(launch->records[i].op, "cgroupMake") == 0) path = record_get(&launch->records[i], "path");
    if (path != NULL) remove_group(launch, AT_FDCWD, path);
}

/* `prepared`: the host phase has succeeded; otherwise the child waits for it in vain and is ended. */
int launch_supervise(struct launch *launch, bool prepared)
{
    struct session session = {.launch = launch, .resized = -1};
    launch->journal.process = "host";
    launch->journal.step = "supervise";
    if (!prepared) {
        signal_child(&session, SIGKILL);
        close(launch->sync);
        launch->sync = -1;
    }
    supervise(&session);
    if (session.terminal) tcsetattr(0, TCSANOW, &session.saved);
    if (launch->cgroup >= 0) end_group(launch);
    if (!session.executed) return 125;
    bool exited = session.status.si_code == CLD_EXITED;
    journal_record(&launch->journal, "exited", exited ? "code=%d" : "signal=%d", session.status.si_status);
    return exited ? session.status.si_status : 128 + session.status.si_status;
}
