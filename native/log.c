#include "monitor.h"

#include <time.h>

static const char name[] = "container-json.log";

/* The length of the UTF-8 sequence at bytes, 0 when it is none, -1 when it may continue past the end. */
static int sequence(const unsigned char *bytes, size_t size)
{
    int length = bytes[0] < 0x80 ? 1 : bytes[0] >= 0xc2 && bytes[0] < 0xe0 ? 2 : (bytes[0] & 0xf0) == 0xe0 ? 3 : bytes[0] >= 0xf0 && bytes[0] < 0xf5 ? 4 : 0;
    for (int i = 1; i < length; i++) {
        if ((size_t)i == size) return -1;
        if ((bytes[i] & 0xc0) != 0x80) return 0;
    }
    if (length == 3 && ((bytes[0] == 0xe0 && bytes[1] < 0xa0) || (bytes[0] == 0xed && bytes[1] > 0x9f))) return 0;
    if (length == 4 && ((bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xf4 && bytes[1] > 0x8f))) return 0;
    return length;
}

size_t json_escape(char *out, const char *bytes, size_t size)
{
    char *at = out;
    for (size_t i = 0; i < size;) {
        unsigned char byte = (unsigned char)bytes[i];
        int length = sequence((const unsigned char *)bytes + i, size - i);
        if (byte == '"' || byte == '\\' || byte == '\n' || byte == '\r' || byte == '\t') {
            *at++ = '\\';
            *at++ = byte == '\n' ? 'n' : byte == '\r' ? 'r' : byte == '\t' ? 't' : (char)byte;
        } else if (byte < 0x20) {
            at += snprintf(at, sizeof "\\u0000", "\\u%04x", byte);
        } else if (length > 0) {
            at = mempcpy(at, bytes + i, (size_t)length);
            i += (size_t)length - 1;
        } else {
            at = mempcpy(at, "\\ufffd", 6);
        }
        i++;
    }
    return (size_t)(at - out);
}

size_t format_time(char out[TIME_TEXT])
{
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    size_t used = strftime(out, TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &parts);
    return used + (size_t)snprintf(out + used, TIME_TEXT - used, ".%09ldZ", now.tv_nsec);
}

int log_open(struct log *log)
{
    struct stat status;
    if (log->buffer == NULL && (log->buffer = malloc(log->room)) == NULL) return -1;
    if (log->socket != NULL) { /* one that is not there may come */
        log->drops = log->may_drop;
        forward_connect(log);
        return 0;
    }
    log->fd = log->directory < 0 ? -1 : openat(log->directory, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (log->fd < 0 || fstat(log->fd, &status) != 0) return log->directory < 0 ? 0 : -1;
    log->size = (uint64_t)status.st_size;
    return 0;
}

/* NAME.1 is the newest of the old files. A kill between two renames leaves a gap that readers pass over. */
static void rotate(struct log *log)
{
    char from[64], to[64];
    close(log->fd);
    FAIL_POINT("rotate", "closed");
    for (uint64_t n = log->max_files - 1; n > 0; n--) {
        snprintf(to, sizeof to, "%s.%llu", name, (unsigned long long)n);
        snprintf(from, sizeof from, n == 1 ? "%s" : "%s.%llu", name, (unsigned long long)n - 1);
        renameat(log->directory, from, log->directory, to); /* ENOENT: there are not so many yet */
    }
    if (log->max_files <= 1) unlinkat(log->directory, name, 0);
    FAIL_POINT("rotate", "renamed");
    log_open(log);
    FAIL_POINT("rotate", "opened");
}

void log_flush(struct log *log)
{
    if (log->socket != NULL) forward_flush(log);
    for (size_t at = 0; log->socket == NULL && at < log->used;) {
        ssize_t put = log->fd < 0 ? -1 : write(log->fd, log->buffer + at, log->used - at);
        if (put <= 0) { /* the payload must not stop for a full disk */
            log->lost += log->used - at;
            break;
        }
        at += (size_t)put;
        log->size += (uint64_t)put;
    }
    if (log->socket == NULL) log->used = 0;
    if (log->fd >= 0 && log->max_size > 0 && log->size >= log->max_size) rotate(log);
}

/* False: not now, and not lost either; only a socket makes the payload wait. */
static bool put_record(struct log *log, int stream, const char *bytes, size_t size)
{
    static const char *const streams[] = {"stdin", "stdout", "stderr"};
    if (log->socket != NULL) return forward_record(log, stream, bytes, size);
    if (log->directory < 0) return true;
    char now[TIME_TEXT];
    size_t room = 6 * size + strlen(log->attributes) + 128;
    if (room > log->room - log->used) log_flush(log);
    char *at = mempcpy(log->buffer + log->used, "{\"log\":\"", 8);
    at += json_escape(at, bytes, size);
    format_time(now);
    log->used = (size_t)(at - log->buffer);
    log->used += (size_t)snprintf(at, log->room - log->used, "\",\"stream\":\"%s\"%s,\"time\":\"%s\"}\n", streams[stream], log->attributes, now);
    return true;
}

/* A full line is cut before an unfinished character, so that no character is torn. */
static bool put_full(struct log *log, int stream, struct log_line *line)
{
    size_t cut = line->size;
    for (size_t back = 1; back < 4 && back < cut; back++)
        if (sequence((unsigned char *)line->bytes + cut - back, back) < 0) cut -= back;
    if (!put_record(log, stream, line->bytes, cut)) return false;
    memmove(line->bytes, line->bytes + cut, line->size - cut);
    line->size -= cut;
    return true;
}

size_t log_write(struct log *log, int stream, const char *bytes, size_t size)
{
    struct log_line *line = &log->lines[stream - 1];
    size_t taken = 0;
    for (size_t part; taken < size; taken += part) {
        const char *from = bytes + taken, *end = memchr(from, '\n', size - taken);
        part = end == NULL ? size - taken : (size_t)(end - from) + 1;
        if (line->size == 0 && end != NULL && part <= LOG_LINE) {
            if (!put_record(log, stream, from, part)) break;
            continue;
        }
        if (part > LOG_LINE - line->size) part = LOG_LINE - line->size;
        memcpy(line->bytes + line->size, from, part);
        line->size += part;
        bool ends = line->bytes[line->size - 1] == '\n';
        if (!ends && line->size < LOG_LINE) continue;
        if (!(ends ? put_record(log, stream, line->bytes, line->size) : put_full(log, stream, line))) {
            line->size -= part;
            break;
        }
        if (ends) line->size = 0;
    }
    return taken;
}

void log_close(struct log *log)
{
    if (log->socket != NULL) forward_end(log);
    for (int stream = 1; stream <= 2; stream++) {
        struct log_line *line = &log->lines[stream - 1];
        if (line->size > 0 && !put_record(log, stream, line->bytes, line->size)) log->lost += line->size;
        line->size = 0;
    }
    if (log->socket != NULL) forward_end(log);
    else log_flush(log);
    close_owned(&log->fd);
}
