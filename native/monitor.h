/* The monitor: the one process that stays with a container. Everything here is optional by the record `monitor` that
 * precedes a plan, so that exec and a container whose stdio is the caller's own use the same loop. */
#pragma once

#include "launch.h"

#include <poll.h>
#include <termios.h>

/* log.c: the container's log, a file in Docker's json-file format, one JSON object a line with log, stream and time, rotated by
 * size; or messages over a socket (forward.c). A line of the payload longer than LOG_LINE becomes several records, of
 * which only the last ends in \n.
 * LOG_BUFFER has room for a line of escapes only, with the longest attributes (src/container/logs/logAttributes.ts). */
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

/* the last client is there only to be told, by the record `full`, that there are too many */
enum { CLIENTS_MAX = 17, INPUT_MAX = 4096, OUTPUT_MAX = 65536, CLIENT_PATIENCE_MS = 5000, LOG_PATIENCE_MS = 2000 };

/* Someone who sees the output: the caller's own stdout and stderr, or a connection to the socket. */
struct client {
    int fd; /* of the connection; -1: free */
    bool output, input, ends, freezes;
    size_t unsent; /* of the header and the piece of output in hand */
    size_t in_size;
    char in[INPUT_MAX + 8];
};

enum { PROBE_OUTPUT = 4096, PROBE_RESULTS = 5 };

struct health {
    const struct record *settings; /* NULL: nothing is probed */
    const char *status;
    uint64_t streak;
    char *results[PROBE_RESULTS]; /* JSON, the newest last */
    uint64_t due, end_by;         /* when to probe, and to kill what was told to stop; monotonic nanoseconds, 0: never */
    uint64_t began_at, deadline;  /* of the probe that runs; deadline 0: none does */
    int sync, output;
    pid_t worker, child; /* worker -1: it has ended */
    siginfo_t status_of;
    bool ended, cut, again;
    char id[65], began[40], failure[1024], bytes[PROBE_OUTPUT];
    size_t size;
};

struct monitor {
    struct launch *launch;
    const struct record *settings;
    int state, run; /* directories: on disk, and on the tmpfs that a reboot empties */
    int listener, signals;
    int worker;     /* the process that executes the host phase, while it does */
    int output[2];  /* what the payload writes to stdout and stderr; -1: not ours to read */
    int input;      /* what the payload reads; -1 */
    int caller[2];  /* the caller's stdout and stderr, not blocking; -1: gone or never there */
    bool caller_input;
    bool terminal;  /* the caller's terminal is in raw mode */
    struct termios saved;
    char held[OUTPUT_MAX]; /* the piece of output in hand: nothing more is read until everyone has it */
    size_t held_total;
    int held_stream;
    uint64_t held_since; /* monotonic nanoseconds */
    size_t held_size;    /* what the caller has not taken of it yet */
    size_t unlogged;     /* what the log has not taken of it yet */
    size_t pending_size; /* input that the payload has not taken yet */
    char pending[INPUT_MAX];
    bool input_ends;
    size_t keys_matched; /* of the detach keys */
    struct client clients[CLIENTS_MAX];
    struct log log;
    struct health health;
    bool stays; /* also when the caller has gone */
    bool built, executed, ended, stopping, again, fleeting;
    bool adopted, unknown; /* the payload of a monitor that was killed; nobody saw how it ended */
    siginfo_t status;
    uint64_t started_at; /* monotonic nanoseconds */
    uint64_t wake_at;    /* when to start again; 0: not waiting */
    uint64_t delay, restarts;
    char policy[16]; /* of restarts; empty: none */
    uint64_t retries;
    char started_text[40], failure[1024];
    char command[4096];
    size_t command_size;
};

/* streams.c */
void streams_meet_caller(struct monitor *monitor);
int streams_open(struct monitor *monitor, int payload[3]);
int streams_open_fifo(const struct monitor *monitor, int stream);
void streams_close(struct monitor *monitor);
bool streams_read(struct monitor *monitor, int stream); /* false: nothing there */
void streams_write_held(struct monitor *monitor);
bool streams_free(const struct monitor *monitor);
void streams_log(struct monitor *monitor);
int streams_patience(struct monitor *monitor); /* milliseconds until someone is not waited for any longer; -1: never */
void streams_take_input(struct monitor *monitor, const char *bytes, size_t size);
void streams_write_input(struct monitor *monitor);
void streams_end_input(struct monitor *monitor);
void streams_read_caller(struct monitor *monitor);
void streams_leave_caller(struct monitor *monitor);
void streams_terminal(struct monitor *monitor, int master);
void streams_take_caller(struct monitor *monitor);
void streams_resize(struct monitor *monitor);

/* clients.c */
void clients_accept(struct monitor *monitor);
void clients_read(struct monitor *monitor, struct client *client);
void clients_send(struct monitor *monitor, struct client *client);
void clients_broadcast(struct monitor *monitor);
bool clients_wait(const struct monitor *monitor); /* someone has not taken all of the piece in hand */
int clients_patience(struct monitor *monitor);
void clients_close(struct monitor *monitor, struct client *client);

/* health.c */
void health_begin(struct monitor *monitor); /* the payload was executed */
void health_end(struct monitor *monitor);
int health_wait(const struct monitor *monitor);
bool health_reap(struct monitor *monitor, const siginfo_t *status); /* false: not of a probe */
void health_attend(struct monitor *monitor, const struct pollfd polls[2]); /* of sync and output */

/* monitor.c */
void monitor_command(struct monitor *monitor, const struct record *record);
pid_t monitor_fork(struct monitor *monitor, const int streams[3], int *sync);
void monitor_signal(struct monitor *monitor, int number);
int monitor_write(struct monitor *monitor, int directory, const char *name, const char *text);
void monitor_event(struct monitor *monitor, const char *action, const char *more);
