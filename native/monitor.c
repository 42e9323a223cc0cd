/* The loop of whoever stays with a container: moves bytes, hands on signals, keeps the log, collects the end, and starts
 * again where the policy asks for it. Every signal is blocked: only SIGKILL ends it, and then the container goes on. */
#include "monitor.h"

#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/un.h>

#define SECOND UINT64_C(1000000000)
#define DELAY_FIRST (SECOND / 10)
#define DELAY_MOST (60 * SECOND)
#define RAN_WELL (10 * SECOND)
#define EVENTS_MAX (64 << 20) /* bytes */
#define INFO_EXIT 8u /* PIDFD_INFO_EXIT of linux/pidfd.h, 6.15 */

void monitor_signal(struct monitor *monitor, int number)
{
    if (monitor->launch->pidfd < 0 || monitor->ended) return;
    CALL(&monitor->launch->journal, "pidfd_send_signal", syscall(SYS_pidfd_send_signal, monitor->launch->pidfd, number, NULL, 0), "%d, %d",
         monitor->launch->pidfd, number);
}

/* When to start again at the end: by the plan, and as it is changed later. A wait for a start that is not wanted ends. */
static void set_policy(struct monitor *monitor, const struct record *record)
{
    const char *policy = record_get(record, "restart");
    snprintf(monitor->policy, sizeof monitor->policy, "%s", policy == NULL ? "" : policy);
    if (!record_get_u64(record, "retries", UINT32_MAX, &monitor->retries)) monitor->retries = 0;
    if (policy == NULL) monitor->wake_at = 0;
}

/* What the caller or a connection asks for. `stop` is a signal after which the restart policy is not asked. */
void monitor_command(struct monitor *monitor, const struct record *record)
{
    uint64_t number = 0, rows, columns;
    if (strcmp(record->op, "stop") == 0) {
        monitor->stopping = true;
        monitor->fleeting = record_get(record, "fleeting") != NULL;
        monitor->wake_at = 0;
    }
    if (strcmp(record->op, "policy") == 0) set_policy(monitor, record);
    if (record_get_u64(record, "number", NSIG - 1, &number) && number > 0) monitor_signal(monitor, (int)number);
    if (strcmp(record->op, "resize") == 0 && record_get_u64(record, "rows", 65535, &rows) &&
        record_get_u64(record, "columns", 65535, &columns) && monitor->launch->master >= 0) {
        struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
        ioctl(monitor->launch->master, TIOCSWINSZ, &size);
    }
}

/* Records of the process that started us. Its end of file means that it is gone: a payload without a state of its own
 * ends with it unless it was to be left alone, any other goes on. */
static void hear_caller(struct monitor *monitor)
{
    struct launch *launch = monitor->launch;
    ssize_t got = read(launch->control, monitor->command + monitor->command_size, sizeof monitor->command - monitor->command_size);
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) {
        close_owned(&launch->control);
        launch->journal.fd = -1;
        streams_leave_caller(monitor);
        if (!monitor->stays) monitor_signal(monitor, SIGKILL);
        return;
    }
    monitor->command_size += (size_t)got;
    while (monitor->command_size > 0) {
        struct record record;
        ptrdiff_t size = record_parse(monitor->command, monitor->command_size, &record);
        if (size > 0) monitor_command(monitor, &record);
        if (size == 0 && monitor->command_size < sizeof monitor->command) return;
        size_t taken = size > 0 ? (size_t)size : monitor->command_size;
        monitor->command_size -= taken;
        memmove(monitor->command, monitor->command + taken, monitor->command_size);
    }
}

/* ---- records on disk ---- */

/* Replaces a small file so that readers, and a disk after a power cut, have the old one or the new one. */
int monitor_write(struct monitor *monitor, int directory, const char *name, const char *text)
{
    OWNED fd = directory < 0 ? -1 : openat(directory, ".new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return directory < 0 ? 0 : -1;
    size_t size = strlen(text);
    bool durable = directory == monitor->state && !monitor->fleeting && record_get(monitor->settings, "durable") != NULL;
    bool written = write(fd, text, size) == (ssize_t)size && (!durable || fsync(fd) == 0);
    FAIL_POINT("written", name);
    int result = written ? renameat(directory, ".new", directory, name) : -1;
    FAIL_POINT("renamed", name);
    if (result != 0) unlinkat(directory, ".new", 0);
    return result == 0 && durable ? fsync(directory) : result;
}

static void describe_process(struct monitor *monitor, char text[160], pid_t pid)
{
    const char *boot = record_get(monitor->settings, "boot");
    snprintf(text, 160, "{\"pid\":%d,\"startTime\":\"%llu\",\"bootId\":\"%.40s\"}", (int)pid, (unsigned long long)launch_start_time(monitor->launch, pid),
             boot == NULL ? "" : boot);
}

static void write_running(struct monitor *monitor)
{
    char text[512], payload[160];
    describe_process(monitor, payload, monitor->launch->child);
    format_time(monitor->started_text);
    snprintf(text, sizeof text, "{\"process\":%s,\"startedAt\":\"%s\",\"restarts\":%llu}\n", payload, monitor->started_text,
             (unsigned long long)monitor->restarts);
    monitor_write(monitor, monitor->run, "running.json", text);
    const char *path = record_get(monitor->settings, "pid-file");
    OWNED fd = path == NULL ? -1 : path_open_host(&monitor->launch->journal, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (fd >= 0) dprintf(fd, "%d\n", (int)monitor->launch->child);
}

/* One line of the event log (src/container/events): what is the same in all of them was prepared by the caller. A line
 * below PIPE_BUF is appended whole, whoever else writes (write(2), O_APPEND). */
void monitor_event(struct monitor *monitor, const char *action, const char *more)
{
    const char *path = record_get(monitor->settings, "events"), *actor = record_get(monitor->settings, "actor");
    char line[4096], now[TIME_TEXT];
    if (path == NULL || actor == NULL) return;
    format_time(now);
    int size = snprintf(line, sizeof line, "{\"time\":\"%s\",\"action\":\"%s\"%s,%s}\n", now, action, more, actor);
    OWNED fd = path_open_host(&monitor->launch->journal, path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW);
    /* it is rotated by whoever runs a command; where nobody does, it stops growing. A full disk must not stop us */
    if (fd >= 0 && size > 0 && (size_t)size < sizeof line && lseek(fd, 0, SEEK_END) < EVENTS_MAX) write_all(fd, line, (size_t)size);
}

/* The exit record comes before any teardown: whatever happens to us afterwards, the exit code is not lost. */
static void write_exit(struct monitor *monitor, const char *statistics)
{
    static char text[32768];
    char now[40], failure[6 * sizeof monitor->failure];
    bool signalled = monitor->status.si_code != CLD_EXITED;
    format_time(now);
    failure[json_escape(failure, monitor->failure, strlen(monitor->failure))] = '\0';
    snprintf(text, sizeof text, "{\"started\":%s,\"%s\":%d%s%s,\"startedAt\":\"%s\",\"finishedAt\":\"%s\",\"restarts\":%llu,\"unlogged\":%llu,\"failure\":\"%s\",\"statistics\":{%s}}\n",
             monitor->executed ? "true" : "false", signalled ? "signal" : "exitCode", monitor->status.si_status,
             monitor->unknown ? ",\"exitCodeKnown\":false" : "", monitor->again ? ",\"restarting\":true" : "", monitor->started_text, now,
             (unsigned long long)monitor->restarts, (unsigned long long)monitor->log.lost, failure, statistics);
    /* on a full disk the record goes where the run-time state is; never may an older one pass for this one */
    if (monitor_write(monitor, monitor->state, "exit.json", text) != 0) monitor_write(monitor, monitor->run, "exit.json", text);
    else if (monitor->run >= 0) unlinkat(monitor->run, "exit.json", 0);
}

/* ---- start and end ---- */

/* The host phase changes namespaces and ids, so a child of ours executes it; what that makes becomes our child all the
 * same (CLONE_PARENT) and comes to us by a message. The streams become the worker's and are closed here. */
pid_t monitor_fork(struct monitor *monitor, const int streams[3], int *sync)
{
    struct launch *launch = monitor->launch;
    int ends[2] = {-1, -1};
    journal_flush(&launch->journal);
    pid_t worker = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 ? fork() : -1;
    if (worker == 0) {
        launch->probes = sync != &launch->sync;
        if (launch->probes) launch->control = launch->journal.fd = -1; /* the caller hears of its own plan only */
        launch->worker = true;
        launch->sync = ends[1];
        close(ends[0]);
        for (int fd = 0; fd < 3; fd++)
            if (streams[fd] >= 0 && dup2(streams[fd], fd) < 0) _exit(125);
        int status = launch_phase(launch, "host") == 0 ? 0 : 125;
        while (waitpid(-1, NULL, 0) > 0) {} /* what goes on beside it would make what the end has taken back */
        _exit(status);
    }
    close_owned(&ends[1]);
    for (int fd = 0; fd < 3; fd++)
        if (streams[fd] >= 0) close(streams[fd]);
    *sync = ends[0];
    return worker;
}

static int start_payload(struct monitor *monitor)
{
    int payload[3];
    monitor->built = monitor->executed = monitor->ended = monitor->input_ends = monitor->adopted = monitor->unknown = false;
    monitor->failure[0] = '\0';
    if (streams_open(monitor, payload) != 0) return -1;
    monitor->worker = monitor_fork(monitor, payload, &monitor->launch->sync);
    FAIL_POINT("monitor", "forked");
    return monitor->worker < 0 ? -1 : 0;
}

static void payload_executed(struct monitor *monitor)
{
    monitor->executed = monitor->launch->again = true;
    monitor->started_at = journal_clock();
    streams_take_caller(monitor);
    for (const char *name = monitor->settings->op; (name = record_next(name, "filled")) != NULL;) unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
    FAIL_POINT("monitor", "executed");
    health_begin(monitor); /* first: what was known of an earlier run says nothing about this one */
    write_running(monitor);
    FAIL_POINT("monitor", "running");
    if (record_get(monitor->settings, "exec") == NULL) monitor_event(monitor, "start", "");
    uint64_t seconds;
    if (record_get_u64(monitor->settings, "timeout", INT32_MAX, &seconds)) alarm((unsigned)seconds);
    journal_record(&monitor->launch->journal, "started%cpid=%d", 0, (int)monitor->launch->child);
}

static void end_unseen(struct monitor *monitor)
{
    monitor->status = (siginfo_t){.si_code = CLD_EXITED};
    monitor->status.si_status = 255;
    monitor->ended = monitor->unknown = true;
}

/* Takes the place of a monitor that was killed: watches the payload, by now somebody else's child, through a pidfd. It has
 * ended unseen when its number is another process's, to which nothing may happen. */
static void adopt_payload(struct monitor *monitor, pid_t pid)
{
    struct launch *launch = monitor->launch;
    const char *text = record_get(monitor->settings, "started-at");
    uint64_t began = 0, age = 0; /* clock ticks after the boot; nanoseconds */
    record_get_u64(monitor->settings, "started", UINT64_MAX, &began);
    record_get_u64(monitor->settings, "age", UINT64_MAX, &age);
    monitor->started_at = journal_clock() - age;
    snprintf(monitor->started_text, sizeof monitor->started_text, "%s", text == NULL ? "" : text);
    monitor->adopted = monitor->executed = true;
    launch->child = pid;
    launch->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (launch->pidfd < 0 || launch_start_time(launch, pid) != began) {
        close_owned(&launch->pidfd);
        end_unseen(monitor);
    } else health_begin(monitor);
    for (int stream = 0; stream < 2; stream++) monitor->output[stream] = streams_open_fifo(monitor, stream);
    journal_record(&launch->journal, "started%cpid=%d", 0, (int)pid);
}

/* From Linux 6.15 on a pidfd tells how its process ended, once that was collected. 1: told, 0: not yet, -1: never. */
static int exit_told(int pidfd, int32_t *status)
{
    struct { /* pidfd_info */
        uint64_t mask, group;
        uint32_t ids[11];
        int32_t status;
    } info = {.mask = INFO_EXIT};
    if (ioctl(pidfd, _IOWR(0xFF, 11, info), &info) != 0) return -1;
    *status = info.status;
    return (info.mask & INFO_EXIT) != 0;
}

static void hear_adopted(struct monitor *monitor)
{
    struct pollfd collected = {.fd = monitor->launch->pidfd};
    int32_t status = 0;
    int told = exit_told(collected.fd, &status);
    if (told == 0 && poll(&collected, 1, 5000) > 0) told = exit_told(collected.fd, &status);
    end_unseen(monitor);
    if (told <= 0) return;
    monitor->unknown = false;
    monitor->status.si_code = WIFEXITED(status) ? CLD_EXITED : CLD_KILLED;
    monitor->status.si_status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
}

/* Until we have heard of the child only the worker is collected: what else has ended may have been the child, and then is so. */
static void reap(struct monitor *monitor)
{
    struct signalfd_siginfo signal;
    while (read(monitor->signals, &signal, sizeof signal) > 0)
        if (signal.ssi_signo == SIGWINCH) streams_resize(monitor);
        else if (signal.ssi_signo == SIGALRM) { /* it has had its time, and is not to start again */
            monitor->stopping = true;
            monitor_signal(monitor, SIGKILL);
        }
    siginfo_t status;
    const idtype_t whom = monitor->launch->child > 0 ? P_ALL : P_PID;
    while (status.si_pid = 0, waitid(whom, (id_t)monitor->worker, &status, WEXITED | WNOHANG) == 0 && status.si_pid != 0) {
        if (health_reap(monitor, &status)) continue;
        if (status.si_pid == monitor->worker) monitor->worker = -1;
        if (status.si_pid == monitor->launch->child) monitor->status = status, monitor->ended = true;
    }
}

/* A message of worker or child: the child itself, its terminal, a failure; or the end of file that execve(2) makes. */
static void hear_launch(struct monitor *monitor)
{
    struct launch *launch = monitor->launch;
    struct sync_message message = {.fd = -1};
    int got = sync_receive(launch->sync, &message);
    bool failed = monitor->failure[0] != '\0';
    OWNED given = message.fd;
    if (got <= 0) {
        if (got == 0 && !failed && monitor->built) payload_executed(monitor); /* else it was killed on the way */
        close_owned(&launch->sync);
    } else if (message.kind == 'c') {
        launch->child = message.pid;
        launch->pidfd = disown(&given);
        reap(monitor);
    } else if (message.kind == 'b') {
        monitor->built = true;
    } else if (message.kind == 't' && given >= 0) {
        streams_terminal(monitor, disown(&given));
    } else if (!failed) { /* the first failure is the reason; the other process fails because of it */
        snprintf(monitor->failure, sizeof monitor->failure, "%s", message.text);
    }
}

/* What is in the pipes at the end is taken, and no more: a process that escaped the pid namespace may hold them for ever. */
static void drain(struct monitor *monitor)
{
    for (int stream = 0; stream < 2; stream++)
        while (monitor->output[stream] >= 0 && streams_free(monitor) && streams_read(monitor, stream)) {}
}

static int exit_status(const struct monitor *monitor)
{
    if (!monitor->executed) return 125;
    return monitor->status.si_code == CLD_EXITED ? monitor->status.si_status : 128 + monitor->status.si_status;
}

static bool wants_restart(struct monitor *monitor)
{
    if (monitor->stopping || !monitor->executed) return false;
    /* who stops a container leaves this file first, for the case that a connection to us fails */
    if (monitor->state >= 0 && faccessat(monitor->state, "stopped", F_OK, 0) == 0) return false;
    if (monitor->health.again) return true;
    if (strcmp(monitor->policy, "on-failure") != 0) return monitor->policy[0] != '\0';
    return exit_status(monitor) != 0 && (monitor->retries == 0 || monitor->restarts < monitor->retries);
}

static void end_payload(struct monitor *monitor)
{
    static char statistics[16384];
    struct launch *launch = monitor->launch;
    health_end(monitor);
    streams_close(monitor);
    log_close(&monitor->log);
    size_t used = 0;
    if (group_open(launch) >= 0) used = group_statistics(launch, statistics, sizeof statistics);
    statistics[used] = '\0';
    monitor->again = wants_restart(monitor);
    write_exit(monitor, statistics);
    FAIL_POINT("end", "recorded");
    if (monitor->executed) {
        char more[96];
        const char *kills = strstr(statistics, "\\noom_kill "); /* of memory.events (cgroups(7)), escaped */
        if (kills != NULL && kills[11] != '0') monitor_event(monitor, "oom", "");
        bool exec = record_get(monitor->settings, "exec") != NULL;
        int size = exec ? 0 : snprintf(more, sizeof more, ",\"execDuration\":\"%llu\"", (unsigned long long)((journal_clock() - monitor->started_at) / SECOND));
        snprintf(more + size, sizeof more - (size_t)size, ",\"exitCode\":\"%d\"", exit_status(monitor));
        monitor_event(monitor, exec ? "exec_die" : "die", more);
    }
    FAIL_POINT("end", "told");
    alarm(0);
    for (const char *name = monitor->settings->op; (name = record_next(name, "unlink")) != NULL;) unlinkat(AT_FDCWD, name, 0);
    if (launch->cgroup >= 0) group_end(launch);
    FAIL_POINT("end", "group-removed");
    launch_phase(launch, "end"); /* what the start left outside of the container */
    close_owned(&launch->pidfd);
    launch->master = -1;
    launch->child = 0;
}

/* Docker's back-off: a tenth of a second, doubled each time up to a minute, from the start again after ten good seconds. */
static void plan_restart(struct monitor *monitor)
{
    uint64_t now = journal_clock();
    bool well = now - monitor->started_at >= RAN_WELL;
    monitor->delay = well || monitor->delay == 0 ? DELAY_FIRST : monitor->delay * 2 > DELAY_MOST ? DELAY_MOST : monitor->delay * 2;
    monitor->wake_at = now + monitor->delay;
    monitor->restarts++;
}

/* ---- the loop ---- */

enum { CALLER, SIGNALS, LISTENER, LAUNCH, ADOPTED, STDOUT, STDERR, INPUT, TYPED, HELD, LOG, PROBE, CLIENT = PROBE + 2, POLLS = CLIENT + CLIENTS_MAX };

static void prepare(struct monitor *monitor, struct pollfd polls[POLLS])
{
    bool room = monitor->pending_size == 0;
    bool reading = streams_free(monitor);
    for (int i = 0; i < POLLS; i++) polls[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    polls[CALLER].fd = monitor->launch->control;
    polls[SIGNALS].fd = monitor->signals;
    polls[LISTENER].fd = monitor->listener;
    polls[LAUNCH].fd = monitor->launch->sync;
    polls[ADOPTED].fd = monitor->adopted && !monitor->ended ? monitor->launch->pidfd : -1;
    polls[STDOUT].fd = reading ? monitor->output[0] : -1;
    polls[STDERR].fd = reading ? monitor->output[1] : -1;
    polls[INPUT] = (struct pollfd){.fd = room ? -1 : monitor->input, .events = POLLOUT};
    polls[TYPED].fd = monitor->executed && monitor->caller_input && room && monitor->input >= 0 ? 0 : -1;
    polls[HELD] = (struct pollfd){.fd = monitor->held_size == 0 ? -1 : monitor->caller[monitor->held_stream], .events = POLLOUT};
    polls[LOG] = (struct pollfd){.fd = monitor->log.used == 0 ? -1 : monitor->log.fd, .events = POLLOUT};
    polls[PROBE].fd = monitor->health.sync;
    polls[PROBE + 1].fd = monitor->health.output;
    for (int i = 0; i < CLIENTS_MAX; i++) {
        const struct client *client = &monitor->clients[i];
        int events = (!client->input || room ? POLLIN : 0) | (client->unsent > 0 ? POLLOUT : 0);
        /* one that can do nothing is not asked for, else its end would wake us again and again */
        polls[CLIENT + i] = (struct pollfd){.fd = events == 0 ? -1 : client->fd, .events = (short)events};
    }
}

static void attend(struct monitor *monitor, struct pollfd polls[POLLS])
{
    if (polls[LAUNCH].revents != 0) hear_launch(monitor);
    if (polls[CALLER].revents != 0) hear_caller(monitor);
    if (polls[HELD].revents != 0) streams_write_held(monitor);
    for (int stream = 0; stream < 2; stream++)
        if (polls[STDOUT + stream].revents != 0 && streams_free(monitor) && monitor->output[stream] >= 0) streams_read(monitor, stream);
    if (polls[INPUT].revents != 0) streams_write_input(monitor);
    if (polls[TYPED].revents != 0) streams_read_caller(monitor);
    for (int i = 0; i < CLIENTS_MAX; i++) {
        struct client *client = &monitor->clients[i];
        if (client->unsent > 0 && (polls[CLIENT + i].revents & POLLOUT) != 0) clients_send(monitor, client);
        /* input that another client has just filled the room with stays in the socket */
        bool room = !client->input || monitor->pending_size == 0;
        if (client->fd >= 0 && room && (polls[CLIENT + i].revents & ~POLLOUT) != 0) clients_read(monitor, client);
    }
    if (polls[LISTENER].revents != 0) clients_accept(monitor);
    if (polls[SIGNALS].revents != 0) reap(monitor);
    if (polls[ADOPTED].revents != 0) hear_adopted(monitor);
    /* A worker that ended before it made the child will never make one. */
    if (monitor->worker == -1 && monitor->launch->child <= 0 && monitor->launch->sync < 0) monitor->ended = true;
    health_attend(monitor, polls + PROBE);
    log_flush(&monitor->log);
    streams_log(monitor);
}

/* Until the payload has ended and what it wrote has been handed on. */
static void follow(struct monitor *monitor)
{
    struct pollfd polls[POLLS];
    for (;;) {
        if (monitor->ended) drain(monitor);
        if (monitor->ended && streams_free(monitor) && (monitor->launch->sync < 0 || monitor->launch->child <= 0)) return;
        prepare(monitor, polls);
        int patience = streams_patience(monitor), due = health_wait(monitor);
        if (poll(polls, POLLS, patience < 0 || (due >= 0 && due < patience) ? due : patience) >= 0) attend(monitor, polls);
    }
}

/* Until it is time to start again, or someone stops that. */
static void wait_to_restart(struct monitor *monitor)
{
    struct pollfd polls[POLLS];
    for (uint64_t now; (now = journal_clock()) < monitor->wake_at;) {
        prepare(monitor, polls);
        if (poll(polls, POLLS, (int)((monitor->wake_at - now) / 1000000 + 1)) >= 0) attend(monitor, polls);
    }
}

static int listen_at(struct monitor *monitor)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    monitor->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (monitor->listener < 0) return -1;
    unlinkat(monitor->run, "monitor.sock", 0);
    /* through procfs, because the path of a deep run-time root may be longer than an address can be */
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/monitor.sock", monitor->run);
    umask(0177);
    int result = bind(monitor->listener, (struct sockaddr *)&address, sizeof address);
    umask(0);
    return result == 0 ? listen(monitor->listener, CLIENTS_MAX) : -1;
}

static int open_settings(struct monitor *monitor)
{
    struct journal *journal = &monitor->launch->journal;
    const struct record *settings = monitor->settings;
    const char *state = record_get(settings, "state"), *run = record_get(settings, "run"), *group = record_get(settings, "group");
    const char *attributes = record_get(settings, "attributes");
    monitor->log.attributes = attributes == NULL ? "" : attributes;
    if (state != NULL) monitor->state = path_open_host(journal, state, O_RDONLY | O_DIRECTORY);
    if (run != NULL) monitor->run = path_open_host(journal, run, O_RDONLY | O_DIRECTORY);
    if ((state != NULL && monitor->state < 0) || (run != NULL && monitor->run < 0)) return -1;
    /* a container has one monitor: the lock goes with us, however we end */
    if (run != NULL && CALL(journal, "flock", flock(monitor->run, LOCK_EX | LOCK_NB), "%d, LOCK_EX | LOCK_NB", monitor->run) != 0) return -1;
    record_get_u64(settings, "restarts", UINT32_MAX, &monitor->restarts);
    record_get_u64(settings, "log-size", INT64_MAX, &monitor->log.max_size);
    record_get_u64(settings, "log-files", 1000, &monitor->log.max_files);
    if (record_get(settings, "log") != NULL) monitor->log.directory = monitor->state;
    if (forward_settings(&monitor->log, settings) != 0) return -1;
    if (group != NULL) { /* the container's limits are not ours, and what ends it must not end us */
        OWNED directory = path_open_host(journal, group, O_RDONLY | O_DIRECTORY);
        if (directory < 0 || path_write(journal, directory, "cgroup.procs", "0") != 0) return -1;
    }
    char self[160];
    describe_process(monitor, self, getpid());
    if (monitor_write(monitor, monitor->run, "monitor.json", self) != 0) return -1;
    return monitor->run < 0 ? 0 : listen_at(monitor);
}

/* What is left to do when nobody waits for the container any more is done by the program that the caller named. */
static void run_exit_command(struct monitor *monitor)
{
    char **argv = record_strings(monitor->settings, "exit-command");
    sigprocmask(SIG_SETMASK, &(sigset_t){0}, NULL);
    if (argv != NULL && argv[0] != NULL && monitor->launch->control < 0) execve(argv[0], argv, (char *[]){NULL});
    free(argv);
}

/* Stays with the container until it has ended for good. Returns the exit status of the process. */
int launch_monitor(struct launch *launch, const struct record *settings)
{
    static struct monitor state;
    struct monitor *monitor = &state;
    *monitor = (struct monitor){.launch = launch, .settings = settings, .state = -1, .run = -1, .listener = -1, .worker = -1};
    monitor->output[0] = monitor->output[1] = monitor->input = monitor->caller[0] = monitor->caller[1] = -1;
    monitor->log.directory = monitor->log.fd = -1;
    monitor->log.room = LOG_BUFFER;
    monitor->health = (struct health){.settings = launch_find(launch, "health"), .sync = -1, .output = -1};
    for (int i = 0; i < CLIENTS_MAX; i++) monitor->clients[i].fd = -1;
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    sigaddset(&watched, SIGWINCH);
    sigaddset(&watched, SIGALRM);
    monitor->signals = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prctl(PR_SET_NAME, "brig: monitor");
    launch->journal.step = "monitor";
    if (monitor->signals < 0 || open_settings(monitor) != 0) {
        journal_failed(&launch->journal);
        return 125;
    }
    uint64_t adopted = 0;
    record_get_u64(settings, "adopt", INT32_MAX, &adopted);
    set_policy(monitor, settings);
    monitor->stays = monitor->state >= 0 || record_get(settings, "stay") != NULL;
    if (record_get(settings, "foreground") != NULL) streams_meet_caller(monitor);
    do {
        if (log_open(&monitor->log) != 0) return 125;
        if (adopted > 0) adopt_payload(monitor, (pid_t)adopted);
        else if (start_payload(monitor) != 0) return 125;
        adopted = 0;
        follow(monitor);
        end_payload(monitor);
        if (!monitor->again) break;
        if (monitor->run >= 0) unlinkat(monitor->run, "running.json", 0);
        FAIL_POINT("restart", "cleared");
        plan_restart(monitor);
        wait_to_restart(monitor);
        FAIL_POINT("restart", "waited");
    } while (monitor->wake_at > 0);
    streams_leave_caller(monitor);
    /* what a container that goes at its end has written; one that never ran is looked at first, to say why */
    for (const char *name = settings->op; monitor->executed && monitor->state >= 0 && (name = record_next(name, "discard")) != NULL;) remove_tree_at(monitor->state, name);
    if (monitor->listener >= 0) unlinkat(monitor->run, "monitor.sock", 0);
    /* in this order: a monitor without a running container would look like one that waits to start it again */
    if (monitor->run >= 0) unlinkat(monitor->run, "monitor.json", 0);
    FAIL_POINT("end", "unkept");
    if (monitor->run >= 0) unlinkat(monitor->run, "running.json", 0);
    for (int i = 0; i < CLIENTS_MAX; i++)
        if (monitor->clients[i].fd >= 0) clients_close(monitor, &monitor->clients[i]);
    FAIL_POINT("end", "closed");
    /* the caller goes on from here, while the kernel takes this process apart */
    if (monitor->executed) journal_record(&launch->journal, "exited%c%s=%d", 0, monitor->status.si_code == CLD_EXITED ? "code" : "signal", monitor->status.si_status);
    FAIL_POINT("end", "reported");
    run_exit_command(monitor);
    return exit_status(monitor);
}
