/* The journal: what the helper really did, call by call, written as records (record.h) to the control socket.
 *
 *   call    step process pid name args result errno at took   one system call; at and took in nanoseconds
 *   failed  step process name args errno                      the step that stopped the plan
 *   started pid                                               the payload has been executed
 *   file    path mode size errno                              followed by exactly size raw bytes
 *   exited  code | signal                                     the payload has ended
 *
 * Records are buffered and flushed in pieces that a socket takes whole, so that the processes of one launch may share it.
 */
#ifndef BRIG_JOURNAL_H
#define BRIG_JOURNAL_H

#include "system.h"

/* The longest record; a path that the kernel takes fits. */
enum { JOURNAL_RECORD = 4096 + 64 };

struct journal {
    int fd;
    const char *process; /* host, child or init */
    const char *step;
    char last_name[32]; /* the last call that failed, for the record `failed` */
    char last_args[512];
    int last_error;
    size_t used;
    char buffer[2 * JOURNAL_RECORD];
};

uint64_t journal_clock(void); /* CLOCK_MONOTONIC in nanoseconds */

__attribute__((format(printf, 6, 7))) void journal_call(struct journal *journal, const char *name, long result, int error,
                                                        uint64_t began, const char *format, ...);
__attribute__((format(printf, 3, 4))) void journal_record(struct journal *journal, const char *op, const char *format, ...);
void journal_failed(struct journal *journal);
/* size < 0: no bytes, for the reason -size; mode 0: there is no such file */
void journal_file(struct journal *journal, const char *path, mode_t mode, ssize_t size, const void *bytes);
void journal_flush(struct journal *journal);

/* Makes a call, records it with its decoded arguments, and yields its result with errno as the call left it. */
#define CALL(journal, name, call, ...)                                                                                      \
    ({                                                                                                                      \
        uint64_t began_ = journal_clock();                                                                                  \
        long result_ = (long)(call);                                                                                        \
        int error_ = result_ < 0 ? errno : 0;                                                                               \
        journal_call((journal), (name), result_, error_, began_, __VA_ARGS__);                                              \
        errno = error_;                                                                                                     \
        result_;                                                                                                            \
    })

#endif
