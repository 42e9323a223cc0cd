#include "journal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

uint64_t journal_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A reader that has gone away must not kill us by SIGPIPE nor stop the container: the journal is for its benefit only. */
static void send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return;
        bytes += sent;
        size -= (size_t)sent;
    }
}

void journal_flush(struct journal *journal)
{
    int error = errno;
    send_all(journal->fd, journal->buffer, journal->used);
    journal->used = 0;
    errno = error;
}

static void append(struct journal *journal, const char *record, size_t size)
{
    if (size > sizeof journal->buffer - journal->used) journal_flush(journal);
    if (size > sizeof journal->buffer) return;
    memcpy(journal->buffer + journal->used, record, size);
    journal->used += size;
}

/* Appends "KEY=VALUE\0"; a value that does not fit is cut, which the caller's sizes rule out for all but long arguments. */
__attribute__((format(printf, 4, 5))) static size_t field(char *record, size_t room, size_t used, const char *format, ...)
{
    if (used + 2 >= room) return used;
    va_list values;
    va_start(values, format);
    int length = vsnprintf(record + used, room - used - 1, format, values);
    va_end(values);
    if (length < 0) return used;
    size_t most = room - used - 2;
    return used + ((size_t)length < most ? (size_t)length : most) + 1;
}

void journal_call(struct journal *journal, const char *name, long result, int error, uint64_t began, const char *format, ...)
{
    uint64_t took = journal_clock() - began;
    char args[sizeof journal->last_args];
    va_list values;
    va_start(values, format);
    vsnprintf(args, sizeof args, format, values);
    va_end(values);
    if (error != 0) {
        snprintf(journal->last_name, sizeof journal->last_name, "%s", name);
        memcpy(journal->last_args, args, sizeof args);
        journal->last_error = error;
    }
    char record[1024];
    size_t used = field(record, sizeof record, 0, "call");
    used = field(record, sizeof record, used, "step=%s", journal->step);
    used = field(record, sizeof record, used, "process=%s", journal->process);
    used = field(record, sizeof record, used, "name=%s", name);
    used = field(record, sizeof record, used, "result=%ld", result);
    used = field(record, sizeof record, used, "errno=%d", error);
    used = field(record, sizeof record, used, "at=%llu", (unsigned long long)began);
    used = field(record, sizeof record, used, "took=%llu", (unsigned long long)took);
    used = field(record, sizeof record, used, "args=%s", args);
    record[used++] = '\0';
    append(journal, record, used);
}

void journal_record(struct journal *journal, const char *op, const char *format, ...)
{
    char value[512], record[600];
    va_list values;
    va_start(values, format);
    vsnprintf(value, sizeof value, format, values);
    va_end(values);
    size_t used = field(record, sizeof record, 0, "%s", op);
    used = field(record, sizeof record, used, "%s", value);
    record[used++] = '\0';
    append(journal, record, used);
    journal_flush(journal);
}

void journal_failed(struct journal *journal)
{
    char record[1024];
    size_t used = field(record, sizeof record, 0, "failed");
    used = field(record, sizeof record, used, "step=%s", journal->step);
    used = field(record, sizeof record, used, "process=%s", journal->process);
    used = field(record, sizeof record, used, "name=%s", journal->last_name);
    used = field(record, sizeof record, used, "errno=%d", journal->last_error);
    used = field(record, sizeof record, used, "args=%s", journal->last_args);
    record[used++] = '\0';
    append(journal, record, used);
    journal_flush(journal);
}

void journal_file(struct journal *journal, const char *path, int error, const void *bytes, size_t size)
{
    char record[4096 + 64];
    size_t used = field(record, sizeof record, 0, "file");
    used = field(record, sizeof record, used, "path=%s", path);
    used = field(record, sizeof record, used, "errno=%d", error);
    used = field(record, sizeof record, used, "size=%zu", size);
    record[used++] = '\0';
    journal_flush(journal);
    send_all(journal->fd, record, used);
    send_all(journal->fd, bytes, size);
}
