/* The container's log: a file in Docker's json-file format, one JSON object a line with log, stream and time, rotated by
 * size; or messages over a socket (forward.c). A line of the payload longer than LOG_LINE becomes several records, of
 * which only the last ends in \n. */
#ifndef BRIG_LOG_H
#define BRIG_LOG_H

#include "record.h"

/* LOG_BUFFER has room for a line of escapes only, with the longest attributes (src/container/logs/logAttributes.ts). */
enum { LOG_LINE = 16384, LOG_BUFFER = 131072, TIME_TEXT = 40 };

struct log_line {
    size_t size;
    char bytes[LOG_LINE];
};

struct log {
    int directory; /* of the log file; -1: nothing is kept */
    int fd;
    uint64_t size, max_size; /* max_size 0: never rotated */
    uint64_t max_files;
    mode_t mode;
    const char *attributes; /* more members of each record, `,"attrs":{...}`, or "" */
    uint64_t lost;          /* bytes that could not be written, on a full disk mostly */
    size_t used;
    uint64_t room;
    char *buffer;
    struct log_line lines[2]; /* what stdout and stderr have not ended yet */

    const char *socket;   /* NULL: a file. The buffer then holds messages, each after its length in four bytes */
    bool drops, may_drop; /* what there is no room for, instead of keeping the payload waiting; drops: at the moment */
    size_t sent;          /* of the first message of the buffer, to a stream */
    char *heads[2];       /* of a message of stdout and of stderr, up to the time */
    size_t head_sizes[2], frame;        /* frame: most that is around the payload's words behind the head */
    bool local_time;                    /* as syslog(3) writes it; else the beginning of format_time() */
    uint64_t time_size;                 /* 0: all of it */
    const char *before_pid, *after_pid; /* around our pid, behind the time; NULL: in the journal's protocol */
};

int log_open(struct log *log);
size_t log_write(struct log *log, int stream, const char *bytes, size_t size); /* stream 1 or 2; returns what it took */
void log_flush(struct log *log);
void log_close(struct log *log); /* also writes unfinished lines */

/* forward.c */
int forward_settings(struct log *log, const struct record *settings);
void forward_connect(struct log *log);
bool forward_record(struct log *log, int stream, const char *bytes, size_t size);
void forward_flush(struct log *log);
void forward_end(struct log *log);

/* Writes text as the inside of a JSON string; what is not UTF-8 becomes U+FFFD. Returns the size, at most 6 * size. */
size_t json_escape(char *out, const char *bytes, size_t size);
size_t format_time(char out[TIME_TEXT]); /* now, RFC 3339 with nanoseconds, UTC */

#endif
