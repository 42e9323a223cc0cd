/* Health checks: at each interval a worker executes the probe's part of the plan, as another executed the container's, and
 * what came of it is written to health.json in the run-time directory. What to run, how often and what follows was decided
 * by the caller (src/launch/compileProbe.ts). Nothing here waits: a probe that hangs holds nothing else up. */
#include "monitor.h"

static uint64_t setting(const struct health *health, const char *key)
{
    uint64_t value = 0;
    record_get_u64(health->settings, key, INT64_MAX, &value);
    return value;
}

static int open_group(struct monitor *monitor, const char *key)
{
    const char *path = record_get(monitor->health.settings, key);
    return path == NULL ? -1 : path_open_host(&monitor->launch->journal, path, O_RDONLY | O_DIRECTORY);
}

static bool frozen(struct monitor *monitor)
{
    char state = '0';
    OWNED group = open_group(monitor, "group");
    OWNED fd = group < 0 ? -1 : openat(group, "cgroup.freeze", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, &state, 1) == 1 && state == '1';
}

/* With a probe ends what it has started. A number that we have not waited for cannot be anyone else's. */
static void end_probe(struct monitor *monitor)
{
    struct health *health = &monitor->health;
    if (health->deadline == 0) return;
    if (health->worker > 0) kill(health->worker, SIGKILL);
    if (health->child > 0 && !health->ended && kill(health->child, SIGKILL) == 0) kill(-health->child, SIGKILL);
    OWNED leaf = open_group(monitor, "leaf");
    if (leaf >= 0) path_write(&monitor->launch->journal, leaf, "cgroup.kill", "1");
    close_owned(&health->sync);
    close_owned(&health->output);
    health->worker = health->child = 0;
    health->deadline = 0;
}

static void write_health(struct monitor *monitor)
{
    const struct health *health = &monitor->health;
    const char *log[PROBE_RESULTS];
    char *text;
    for (size_t i = 0; i < PROBE_RESULTS; i++) log[i] = health->results[i] == NULL ? "null" : health->results[i];
    if (asprintf(&text, "{\"status\":\"%s\",\"failingStreak\":%llu,\"log\":[%s,%s,%s,%s,%s]}\n", health->status, (unsigned long long)health->streak,
                 log[0], log[1], log[2], log[3], log[4]) < 0) return;
    monitor_write(monitor, monitor->run, "health.json", text);
    free(text);
}

static bool early(const struct monitor *monitor, uint64_t when)
{
    return strcmp(monitor->health.status, "starting") == 0 && when - monitor->started_at < setting(&monitor->health, "start-period");
}

static void plan_next(struct monitor *monitor)
{
    uint64_t now = journal_clock();
    monitor->health.due = now + setting(&monitor->health, early(monitor, now) ? "start-interval" : "interval");
}

static void keep_result(struct health *health, int code, bool late)
{
    static char output[6 * sizeof health->bytes + 1], failure[6 * sizeof health->failure + 1];
    char now[40], *text;
    format_time(now);
    output[json_escape(output, health->bytes, health->size)] = failure[json_escape(failure, health->failure, strlen(health->failure))] = '\0';
    if (asprintf(&text, "{\"start\":\"%s\",\"end\":\"%s\",\"exitCode\":%d,\"late\":%s,\"failure\":\"%s\",\"output\":\"%s%s\"}", health->began, now, code,
                 late ? "true" : "false", failure, output, health->cut ? "..." : "") < 0) return;
    free(health->results[0]);
    memmove(health->results, health->results + 1, sizeof health->results - sizeof health->results[0]);
    health->results[PROBE_RESULTS - 1] = text;
}

/* What was asked for when the container has become unhealthy: a signal, perhaps a time until the last one, and whether it
 * starts again whatever the restart policy says, or not at all. */
static void act(struct monitor *monitor)
{
    uint64_t number, grace;
    char more[40];
    if (!record_get_u64(monitor->health.settings, "signal", NSIG - 1, &number)) return;
    monitor->health.again = record_get(monitor->health.settings, "again") != NULL;
    monitor->stopping = record_get(monitor->health.settings, "stay-down") != NULL;
    snprintf(more, sizeof more, ",\"signal\":\"%d\"", (int)number);
    monitor_event(monitor, "kill", more);
    monitor_signal(monitor, (int)number);
    if (record_get_u64(monitor->health.settings, "grace", INT64_MAX, &grace)) monitor->health.end_by = journal_clock() + grace;
}

static void take_output(struct health *health)
{
    char bytes[2 * PROBE_OUTPUT];
    ssize_t got = read(health->output, bytes, sizeof bytes);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) close_owned(&health->output);
    size_t room = sizeof health->bytes - health->size, kept = got <= 0 ? 0 : (size_t)got < room ? (size_t)got : room;
    memcpy(health->bytes + health->size, bytes, kept);
    health->size += kept;
    health->cut = health->cut || (ssize_t)kept < got;
}

/* A probe that a pause has made late says nothing about the container. */
static void finish(struct monitor *monitor, bool late)
{
    struct health *health = &monitor->health;
    const char *before = health->status;
    char text[128];
    bool executed = health->child > 0 && health->failure[0] == '\0', paused = late && frozen(monitor);
    int number = health->status_of.si_status, status = late ? 128 + SIGKILL : health->status_of.si_code == CLD_EXITED ? number : 128 + number;
    int code = late || !executed ? -1 : status;
    if (health->output >= 0) take_output(health);
    end_probe(monitor);
    snprintf(text, sizeof text, ",\"execID\":\"%s\",\"exitCode\":\"%d\"", health->id, status);
    if (executed) monitor_event(monitor, "exec_die", text);
    if (!paused) {
        /* as Docker counts: what fails within the start period does not, until a probe has succeeded once */
        health->streak = code == 0 ? 0 : health->streak + !early(monitor, health->began_at);
        if (code == 0) health->status = "healthy";
        else if (health->streak >= setting(health, "retries")) health->status = "unhealthy";
        keep_result(health, code, late);
        write_health(monitor);
    }
    plan_next(monitor);
    if (health->status == before) return;
    snprintf(text, sizeof text, "health_status: %s", health->status);
    monitor_event(monitor, text, "");
    if (strcmp(health->status, "unhealthy") == 0) act(monitor);
}

static void start_probe(struct monitor *monitor)
{
    struct health *health = &monitor->health;
    uid_t owner = (uid_t)setting(health, "owner");
    int output[2] = {-1, -1};
    char more[96];
    health->size = 0;
    health->cut = health->ended = false;
    health->failure[0] = '\0';
    health->began_at = journal_clock();
    health->deadline = health->began_at + setting(health, "timeout");
    format_time(health->began);
    snprintf(health->id, sizeof health->id, "%032x%032llx", (unsigned)getpid(), (unsigned long long)health->began_at);
    snprintf(more, sizeof more, ",\"execID\":\"%s\"", health->id);
    for (const char *event = health->settings->op; (event = record_next(event, "event")) != NULL;) monitor_event(monitor, event, more);
    bool ready = pipe2(output, O_CLOEXEC) == 0 && fcntl(output[0], F_SETFL, O_NONBLOCK) == 0 && fchown(output[1], owner, owner) == 0;
    health->output = output[0];
    if (!ready && output[1] >= 0) close(output[1]);
    health->worker = ready ? monitor_fork(monitor, (int[]){-1, output[1], fcntl(output[1], F_DUPFD_CLOEXEC, 3)}, &health->sync) : -1;
    if (health->worker > 0) return;
    snprintf(health->failure, sizeof health->failure, "probe\nmonitor\nfork\n%d\n", errno);
    finish(monitor, false);
}

/* The messages of worker and child, and the end of file that execve(2) makes: those that are there, because what a frozen
 * child has yet to say may be waited for only by the loop, which can thaw it. */
static void hear(struct health *health)
{
    while (health->sync >= 0 && poll(&(struct pollfd){.fd = health->sync, .events = POLLIN}, 1, 0) > 0) {
        struct sync_message message = {.fd = -1};
        int got = sync_receive(health->sync, &message);
        close_owned(&message.fd);
        if (got <= 0) close_owned(&health->sync);
        else if (message.kind == 'c') health->child = message.pid;
        else if (message.kind == 'f' && health->failure[0] == '\0') snprintf(health->failure, sizeof health->failure, "%s", message.text);
    }
}

void health_begin(struct monitor *monitor)
{
    struct health *health = &monitor->health;
    if (health->settings == NULL) return;
    health->status = "starting";
    health->streak = 0;
    health->again = false;
    write_health(monitor);
    plan_next(monitor);
}

void health_end(struct monitor *monitor)
{
    end_probe(monitor);
    monitor->health.due = monitor->health.end_by = 0;
}

/* Milliseconds until something is due; -1: nothing is. */
int health_wait(const struct monitor *monitor)
{
    const struct health *health = &monitor->health;
    uint64_t now = journal_clock(), next = health->deadline > 0 ? health->deadline : health->due;
    if (health->end_by > 0 && (next == 0 || health->end_by < next)) next = health->end_by;
    uint64_t wait = next <= now ? 0 : (next - now) / 1000000 + 1;
    return next == 0 ? -1 : wait > INT_MAX ? INT_MAX : (int)wait;
}

bool health_reap(struct monitor *monitor, const siginfo_t *status)
{
    struct health *health = &monitor->health;
    hear(health); /* the message that names the child is sent before it may go on */
    if (health->child > 0 && status->si_pid == health->child) {
        health->status_of = *status;
        return health->ended = true;
    }
    if (health->worker <= 0 || status->si_pid != health->worker) return false;
    health->worker = -1;
    return true;
}

void health_attend(struct monitor *monitor, const struct pollfd polls[2])
{
    struct health *health = &monitor->health;
    uint64_t now = journal_clock();
    if (monitor->ended) health_end(monitor);
    if (polls[0].revents != 0) hear(health);
    if (health->output >= 0 && polls[1].revents != 0) take_output(health);
    if (health->end_by > 0 && now >= health->end_by) {
        monitor_signal(monitor, SIGKILL);
        health->end_by = 0;
    }
    bool done = health->sync < 0 && (health->child > 0 ? health->ended : health->worker == -1);
    if (health->deadline > 0 && (done || now >= health->deadline)) finish(monitor, !done);
    else if (health->deadline == 0 && health->due > 0 && now >= health->due && frozen(monitor)) plan_next(monitor);
    else if (health->deadline == 0 && health->due > 0 && now >= health->due) start_probe(monitor);
}
