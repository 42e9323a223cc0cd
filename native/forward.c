/* A log that goes over a unix socket instead of into a file: to systemd-journald in its own protocol, a list of fields a
 * datagram (systemd.io/JOURNAL_NATIVE_PROTOCOL), or to a syslog server, a line a datagram or a line of a stream. All
 * that is not the time, our pid and the payload's words was prepared by the caller. */
#include "monitor.h"

#include <endian.h>
#include <sys/un.h>
#include <time.h>

/* Time, pid, names of fields and lengths of one message take less. */
enum { FRAME = 128, END_PATIENCE_MS = 2000 };

int forward_settings(struct log *log, const struct record *settings)
{
    log->socket = record_get(settings, "log-socket");
    log->before_pid = record_get(settings, "log-before-pid");
    log->after_pid = record_get(settings, "log-after-pid");
    log->local_time = record_get(settings, "log-local-time") != NULL;
    log->may_drop = record_get(settings, "log-drops") != NULL;
    record_get_u64(settings, "log-time-size", TIME_TEXT, &log->time_size);
    record_get_u64(settings, "log-buffer", INT32_MAX, &log->room);
    log->frame = FRAME + (log->before_pid == NULL ? 0 : strlen(log->before_pid)) + (log->after_pid == NULL ? 0 : strlen(log->after_pid));
    const char *hex = settings->op;
    for (size_t stream = 0; log->socket != NULL && stream < 2; stream++) {
        hex = hex == NULL ? NULL : record_next(hex, "log-head");
        size_t size = hex == NULL ? 0 : strlen(hex) / 2;
        log->heads[stream] = malloc(size + 1);
        if (hex == NULL || log->heads[stream] == NULL || !decode_hex(hex, log->heads[stream], size, &log->head_sizes[stream])) return -1;
    }
    return 0;
}

/* A path is of a socket for datagrams or of one for streams; the kernel says EPROTOTYPE to the wrong word. */
void forward_connect(struct log *log)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", log->socket);
    log->sent = 0;
    for (int tries = 0; tries < 2; tries++) {
        close_owned(&log->fd);
        log->fd = socket(AF_UNIX, (tries == 0 ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (log->fd >= 0 && connect(log->fd, (struct sockaddr *)&address, sizeof address) == 0) return;
    }
    close_owned(&log->fd);
}

/* Sends what the receiver has room for. One that went away is looked for once more; what nobody takes is lost. */
void forward_flush(struct log *log)
{
    size_t at = 0;
    for (bool renewed = false; at < log->used;) {
        uint32_t size;
        memcpy(&size, log->buffer + at, sizeof size);
        ssize_t put = send(log->fd, log->buffer + at + sizeof size + log->sent, size - log->sent, MSG_NOSIGNAL);
        if (put < 0 && (errno == EAGAIN || errno == EINTR)) break;
        if (put >= 0 && (log->sent += (size_t)put) < size) continue; /* part of it, of a stream */
        if (put < 0 && !renewed) {
            renewed = true;
            forward_connect(log);
            continue;
        }
        if (put < 0) log->lost += size;
        at += sizeof size + size;
        log->sent = 0;
    }
    log->used -= at;
    memmove(log->buffer, log->buffer + at, log->used);
}

/* A part of a line that goes on in the next message has no newline at its end; the journal is told. */
static size_t format_message(const struct log *log, char *out, int stream, const char *bytes, size_t size)
{
    bool partial = bytes[size - 1] != '\n';
    uint64_t body = partial ? size : size - 1, length = htole64(body);
    time_t now = time(NULL);
    struct tm parts;
    char *at = mempcpy(out, log->heads[stream - 1], log->head_sizes[stream - 1]);
    if (log->local_time) {
        at += strftime(at, TIME_TEXT, "%b %e %H:%M:%S", localtime_r(&now, &parts));
    } else {
        size_t written = format_time(at);
        at += log->time_size > 0 && log->time_size < written ? log->time_size : written;
    }
    if (log->before_pid != NULL) {
        at += snprintf(at, log->frame, "%s%d%s", log->before_pid, (int)getpid(), log->after_pid);
    } else {
        at = stpcpy(at, partial ? "\nCONTAINER_PARTIAL_MESSAGE=true\nMESSAGE\n" : "\nMESSAGE\n");
        at = mempcpy(at, &length, sizeof length);
    }
    at = mempcpy(at, bytes, body);
    *at++ = '\n';
    return (size_t)(at - out);
}

/* False: there is no room for it yet, and it must not be lost. */
bool forward_record(struct log *log, int stream, const char *bytes, size_t size)
{
    size_t room = log->head_sizes[stream - 1] + log->frame + size;
    if (room > log->room - log->used) forward_flush(log);
    if (room > log->room - log->used) {
        if (log->drops) log->lost += size;
        return log->drops;
    }
    uint32_t length = (uint32_t)format_message(log, log->buffer + log->used + sizeof length, stream, bytes, size);
    memcpy(log->buffer + log->used, &length, sizeof length);
    log->used += sizeof length + length;
    return true;
}

/* At the end the receiver has some time, as long as it takes anything. */
void forward_end(struct log *log)
{
    struct pollfd poller = {.events = POLLOUT};
    do {
        forward_flush(log);
        poller.fd = log->fd;
    } while (log->used > 0 && poll(&poller, 1, END_PATIENCE_MS) != 0);
    log->lost += log->used;
    log->used = log->sent = 0;
}
