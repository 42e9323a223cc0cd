/* The container's log in Docker's json-file format: one JSON object a line with log, stream and time, rotated by size.
 * A line of the payload longer than LINE_MAX_BYTES becomes several records of which only the last ends in \n. */
#ifndef BRIG_LOG_H
#define BRIG_LOG_H

#include "system.h"

enum { LOG_LINE = 16384, LOG_BUFFER = 65536 };

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
    char buffer[LOG_BUFFER];
    struct log_line lines[2]; /* what stdout and stderr have not ended yet */
};

int log_open(struct log *log);
void log_write(struct log *log, int stream, const char *bytes, size_t size); /* stream 1 or 2 */
void log_flush(struct log *log);
void log_close(struct log *log); /* also writes unfinished lines */

/* Writes text as the inside of a JSON string; what is not UTF-8 becomes U+FFFD. Returns the size, at most 6 * size. */
size_t json_escape(char *out, const char *bytes, size_t size);
size_t format_time(char out[40]); /* now, RFC 3339 with nanoseconds, UTC */

#endif
