#include "launch.h"

#include <stdarg.h>
#include <time.h>

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

void journal_append(struct journal *journal, const char *format, ...)
{
    if (sizeof journal->buffer - journal->used < JOURNAL_RECORD) journal_flush(journal);
    char *record = journal->buffer + journal->used;
    va_list values;
    va_start(values, format);
    int length = vsnprintf(record, JOURNAL_RECORD - 1, format, values);
    va_end(values);
    if (length < 0) return;
    size_t size = (size_t)length < JOURNAL_RECORD - 2 ? (size_t)length : JOURNAL_RECORD - 2;
    record[size] = record[size + 1] = '\0';
    journal->used += size + 2;
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
    journal_append(journal, "call%cstep=%s%cprocess=%s%cname=%s%cresult=%ld%cerrno=%d%cat=%llu%ctook=%llu%cargs=%s", 0, journal->step, 0,
                   journal->process, 0, name, 0, result, 0, error, 0, (unsigned long long)began, 0, (unsigned long long)took, 0, args);
}

void journal_failed(struct journal *journal)
{
    journal_record(journal, "failed%cstep=%s%cprocess=%s%cname=%s%cerrno=%d%cargs=%s", 0, journal->step, 0, journal->process, 0,
                   journal->last_name, 0, journal->last_error, 0, journal->last_args);
}

void journal_file(struct journal *journal, const char *path, mode_t mode, ssize_t size, const void *bytes)
{
    size_t sent = size < 0 ? 0 : (size_t)size;
    journal_record(journal, "file%cerrno=%d%csize=%zu%cmode=%u%cpath=%s", 0, size < 0 ? (int)-size : 0, 0, sent, 0, mode, 0, path);
    send_all(journal->fd, bytes, sent);
}
