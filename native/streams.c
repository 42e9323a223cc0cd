/* Bytes between the payload and those who read and write them: the log, the caller in the foreground, connections. A
 * connection that does not read for some seconds is dropped; the caller's own reader holds the payload back, as a pipe would. */
#include "monitor.h"

/* Writing to the caller must not stop us, and O_NONBLOCK on a descriptor that others share would surprise them: a pipe
 * or terminal is opened anew through procfs; a file never blocks; a socket takes MSG_DONTWAIT. */
static int unblocked(struct journal *journal, int fd)
{
    struct stat status;
    char path[32];
    if (fstat(fd, &status) != 0) return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    bool reopen = S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode);
    int opened = reopen ? path_open_host(journal, path, O_WRONLY | O_NONBLOCK | O_NOCTTY) : -1;
    return opened >= 0 ? opened : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static ssize_t put(int fd, const char *bytes, size_t size)
{
    ssize_t sent = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 && errno == ENOTSOCK ? write(fd, bytes, size) : sent;
}

void streams_meet_caller(struct monitor *monitor)
{
    for (int stream = 0; stream < 2; stream++) monitor->caller[stream] = unblocked(&monitor->launch->journal, stream + 1);
    monitor->caller_input = record_get(monitor->settings, "input") != NULL;
}

int streams_open_fifo(const struct monitor *monitor, int stream)
{
    return openat(monitor->run, stream == 0 ? "stdout" : "stderr", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
}

/* A pipe that survives us: the payload's end is open for both directions, so that a write finds a reader even while no
 * monitor is there. In the foreground a reader that goes away must be noticed, and the caller is the second one. */
static int open_output(struct monitor *monitor, int stream, int ends[2])
{
    const char *name = stream == 0 ? "stdout" : "stderr";
    int mode = record_get(monitor->settings, "foreground") != NULL ? O_WRONLY : O_RDWR;
    if (monitor->run < 0) return pipe2(ends, O_CLOEXEC);
    unlinkat(monitor->run, name, 0);
    if (mkfifoat(monitor->run, name, 0600) != 0) return -1;
    ends[0] = streams_open_fifo(monitor, stream);
    ends[1] = ends[0] < 0 ? -1 : openat(monitor->run, name, mode | O_CLOEXEC | O_NOFOLLOW);
    return ends[1] < 0 ? -1 : 0;
}

/* Makes the pipes between us and the payload; its ends become our standard streams, from which the child inherits
 * them. /dev/stdout leads back to such a pipe, so it belongs to the payload's user. */
int streams_open(struct monitor *monitor, int payload[3])
{
    uint64_t owner = 0;
    record_get_u64(monitor->settings, "owner", UINT32_MAX, &owner);
    payload[0] = payload[1] = payload[2] = -1;
    for (int stream = 0; stream < 2; stream++) {
        int ends[2];
        if (open_output(monitor, stream, ends) != 0 || fchown(ends[1], (uid_t)owner, (gid_t)owner) != 0) return -1;
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        monitor->output[stream] = ends[0];
        payload[stream + 1] = ends[1];
    }
    if (record_get(monitor->settings, "stdin") == NULL) return 0;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0 || fchown(ends[0], (uid_t)owner, (gid_t)owner) != 0) return -1;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    monitor->input = ends[1];
    payload[0] = ends[0];
    return 0;
}

void streams_close(struct monitor *monitor)
{
    close_owned(&monitor->output[0]);
    close_owned(&monitor->output[1]);
    close_owned(&monitor->input);
    monitor->pending_size = 0;
}

/* ---- output ---- */

static void lose_reader(struct monitor *monitor, int stream)
{
    bool goes_on = errno == EIO || record_get(monitor->settings, "foreground") == NULL; /* EIO: a terminal was closed */
    close_owned(&monitor->caller[stream]);
    monitor->held_size = 0;
    if (goes_on) return; /* else the payload shall notice it as it would without us (EPIPE, SIGPIPE) */
    close_owned(&monitor->output[stream]);
    journal_record(&monitor->launch->journal, "unread%cstream=%d", 0, stream);
}

void streams_write_held(struct monitor *monitor)
{
    int stream = monitor->held_stream;
    if (monitor->caller[stream] < 0) monitor->held_size = 0;
    if (monitor->held_size == 0) return;
    ssize_t sent = put(monitor->caller[stream], monitor->held + monitor->held_total - monitor->held_size, monitor->held_size);
    if (sent >= 0) monitor->held_size -= (size_t)sent;
    else if (errno != EAGAIN && errno != EINTR) lose_reader(monitor, stream);
}

/* Everyone has the piece of output in hand, so that the next one can be read. */
bool streams_free(const struct monitor *monitor)
{
    return monitor->held_size == 0 && monitor->unlogged == 0 && !clients_wait(monitor);
}

/* What the log had no room for holds the payload back, and is tried again. */
void streams_log(struct monitor *monitor)
{
    size_t before = monitor->unlogged;
    if (before > 0) monitor->unlogged -= log_write(&monitor->log, monitor->held_stream + 1, monitor->held + monitor->held_total - before, before);
    if (monitor->unlogged < before) monitor->held_since = journal_clock();
}

/* A payload that has ended is not kept waiting by a log that takes nothing for so long, but by one that is slow. */
int streams_patience(struct monitor *monitor)
{
    uint64_t waited = (journal_clock() - monitor->held_since) / 1000000;
    if (monitor->ended && monitor->unlogged > 0) {
        if (waited < LOG_PATIENCE_MS) return (int)(LOG_PATIENCE_MS - waited);
        monitor->log.drops = true;
        return 0;
    }
    return clients_patience(monitor);
}

/* Takes what the payload has written. A terminal says by EIO that its last user is gone, a pipe by the end of file. */
bool streams_read(struct monitor *monitor, int stream)
{
    ssize_t got = read(monitor->output[stream], monitor->held, sizeof monitor->held);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (got <= 0) {
        if (monitor->output[stream] == monitor->input) monitor->input = -1;
        close_owned(&monitor->output[stream]);
        return false;
    }
    monitor->held_total = monitor->held_size = (size_t)got;
    monitor->held_stream = stream;
    monitor->held_since = journal_clock();
    monitor->unlogged = (size_t)got;
    streams_log(monitor);
    clients_broadcast(monitor);
    streams_write_held(monitor);
    return true;
}

/* ---- input ---- */

void streams_write_input(struct monitor *monitor)
{
    if (monitor->pending_size > 0 && monitor->input >= 0) {
        ssize_t sent = write(monitor->input, monitor->pending, monitor->pending_size);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
        size_t taken = sent < 0 ? monitor->pending_size : (size_t)sent;
        monitor->pending_size -= taken;
        memmove(monitor->pending, monitor->pending + taken, monitor->pending_size);
    }
    if (monitor->pending_size == 0 && monitor->input_ends && monitor->input != monitor->output[0]) close_owned(&monitor->input);
}

void streams_take_input(struct monitor *monitor, const char *bytes, size_t size)
{
    if (monitor->input < 0 || size > sizeof monitor->pending - monitor->pending_size) return;
    memcpy(monitor->pending + monitor->pending_size, bytes, size);
    monitor->pending_size += size;
    streams_write_input(monitor);
}

void streams_end_input(struct monitor *monitor)
{
    monitor->input_ends = true;
    streams_write_input(monitor);
}

/* Passes on what was typed but the detach keys: what may be their beginning waits for the next key. True: all of them. */
static bool take_typed(struct monitor *monitor, const char *bytes, size_t size)
{
    const char *keys = record_get(monitor->settings, "detach");
    size_t length = strlen(keys), matched = monitor->keys_matched, used = 0;
    char passed[INPUT_MAX];
    for (size_t i = 0; i < size && matched < length; i++) {
        if (matched > 0 && bytes[i] != keys[matched]) {
            memcpy(passed + used, keys, matched);
            used += matched;
            matched = 0;
        }
        if (bytes[i] == keys[matched]) matched++;
        else passed[used++] = bytes[i];
    }
    monitor->keys_matched = matched % length;
    streams_take_input(monitor, passed, used);
    return matched == length;
}

/* The payload's input ends with the caller's, unless others are to go on with it. */
static void lose_input(struct monitor *monitor)
{
    if (monitor->caller_input && record_get(monitor->settings, "keep-input") == NULL) streams_end_input(monitor);
    monitor->caller_input = false;
}

/* The caller types, or its stdin has something. */
void streams_read_caller(struct monitor *monitor)
{
    char bytes[INPUT_MAX];
    ssize_t got = read(0, bytes, sizeof bytes - monitor->keys_matched); /* with what waits it must fit */
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        lose_input(monitor);
        return;
    }
    if (monitor->launch->master < 0 || record_get(monitor->settings, "detach") == NULL) {
        streams_take_input(monitor, bytes, (size_t)got);
        return;
    }
    if (!take_typed(monitor, bytes, (size_t)got)) return;
    monitor->stays = true;
    journal_record(&monitor->launch->journal, "detached%cby=keys", 0);
    streams_leave_caller(monitor);
}

/* ---- the caller's terminal ---- */

/* Its state, in the form that stty(1) takes, goes to the caller, who can restore it if we are killed. */
static void report_terminal(struct monitor *monitor)
{
    char text[4 * 9 + NCCS * 3 + 1];
    const struct termios *saved = &monitor->saved;
    int used = snprintf(text, sizeof text, "%x:%x:%x:%x", saved->c_iflag, saved->c_oflag, saved->c_cflag, saved->c_lflag);
    for (int i = 0; i < NCCS; i++) used += snprintf(text + used, sizeof text - (size_t)used, ":%x", saved->c_cc[i]);
    journal_record(&monitor->launch->journal, "terminal%csaved=%s", 0, text);
}

void streams_resize(struct monitor *monitor)
{
    struct winsize size;
    if (monitor->launch->master >= 0 && monitor->terminal && ioctl(0, TIOCGWINSZ, &size) == 0)
        ioctl(monitor->launch->master, TIOCSWINSZ, &size);
}

/* The payload has got a terminal: its other side takes the place of the pipes. Until it is executed the caller's own stays
 * as it is: what the caller says meanwhile, at a stop of the plan, is not for the payload. */
void streams_terminal(struct monitor *monitor, int master)
{
    fcntl(master, F_SETFL, O_NONBLOCK);
    streams_close(monitor);
    monitor->launch->master = monitor->output[0] = master;
    if (record_get(monitor->settings, "stdin") != NULL) monitor->input = master;
}

void streams_take_caller(struct monitor *monitor)
{
    if (monitor->launch->master < 0 || !monitor->caller_input || tcgetattr(0, &monitor->saved) != 0) return;
    report_terminal(monitor);
    struct termios raw = monitor->saved;
    cfmakeraw(&raw);
    monitor->terminal = tcsetattr(0, TCSANOW, &raw) == 0;
    streams_resize(monitor);
}

/* The caller is gone or has had enough: the container goes on without it. */
void streams_leave_caller(struct monitor *monitor)
{
    if (monitor->terminal) tcsetattr(0, TCSANOW, &monitor->saved);
    lose_input(monitor);
    monitor->terminal = false;
    monitor->held_size = 0;
    close_owned(&monitor->caller[0]);
    close_owned(&monitor->caller[1]);
    /* whoever reads what the caller wrote to must see its end */
    OWNED null = path_open_host(&monitor->launch->journal, "/dev/null", O_RDWR);
    for (int fd = 0; null >= 0 && fd < 3; fd++) dup2(null, fd);
}
