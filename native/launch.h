/* One launch: the state that the operations of a plan share, what they do with paths and mounts, and the journal. */
#pragma once

#include "record.h"

/* journal.c: what the helper really did, call by call, written as records (record.h) to the control socket.
 *   call    step process pid name args result errno at took   one system call; at and took in nanoseconds
 *   failed  step process name args errno                      the step that stopped the plan
 *   started pid                                               the payload has been executed
 *   file    path mode size errno                              followed by exactly size raw bytes
 *   exited  code | signal                                     the payload has ended
 * Records are buffered and flushed in pieces that a socket takes whole, so that the processes of one launch may share it. */

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
/* Appends a record of "KEY=VALUE" strings that end in NUL. Only a call's arguments, its last field, can be too long: cut. */
__attribute__((format(printf, 2, 3))) void journal_append(struct journal *journal, const char *format, ...);
#define journal_record(journal, ...) (journal_append((journal), __VA_ARGS__), journal_flush(journal))
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

/* paths.c: the only place where operations pass a path to the kernel (SECURITY-BASELINE R2). Below a container
 * root every object is opened by openat2(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS) and created on a verified parent. */
#define IN_ROOT ((uint64_t)(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS))

int path_open_in(struct journal *journal, int root, const char *path, uint64_t flags, uint64_t resolve);
int path_open_host(struct journal *journal, const char *path, int flags);
int path_make_directory(struct journal *journal, int parent, const char *name, unsigned mode);

enum path_create { PATH_EXISTS, PATH_DIRECTORY, PATH_FILE };
/* An O_PATH descriptor of path below root; missing parts are made (0755 directories, a 0644 file) unless PATH_EXISTS. */
int path_target(struct journal *journal, int root, const char *path, enum path_create create, uint64_t resolve);
/* Reads at most limit bytes of a file below root. Returns the size, or -1; *bytes must be freed. */
ssize_t path_read(struct journal *journal, int root, const char *path, size_t limit, char **bytes);
/* Writes value to an existing file below a directory of the kernel's (procfs, cgroupfs), whose links only it makes; no mount is entered. */
int path_write(struct journal *journal, int directory, const char *name, const char *value);
/* A detached copy of the mount (tree) at a host path. */
int path_open_tree(struct journal *journal, int directory, const char *path, unsigned flags);

#define HANDLES_MAX 512u
#define RECORDS_MAX 4096u

/* A file descriptor under a name that the plan chose: most are detached mounts on their way into the container. */
struct handle {
    const char *name;
    int fd;
};

struct launch {
    struct journal journal;
    int control; /* the caller's socket: plan and signals in, journal out */
    struct record records[RECORDS_MAX];
    size_t record_count;
    struct handle handles[HANDLES_MAX];
    size_t handle_count;
    int sync;   /* to the monitor; its end of file tells it that the payload was executed */
    int to_child, from_host;
    bool again;  /* its volumes were filled before the payload was executed the first time */
    bool skips, hastens; /* this process: the next step, all further stops; as was asked for at a stop */
    bool worker; /* this process executes the host phase for a monitor, whose child the container becomes */
    bool probes; /* and not for the container's start, but for a probe of its health: steps with the field `probe` */
    pid_t child;
    int pidfd;
    int userns; /* of the child; -1 when it shares ours */
    int stage;  /* a tmpfs in our private mount namespace on which overlay layers get short names */
    int root;   /* host: the finished root file system, detached; child: O_PATH of the attached one */
    int cgroup; /* the container's group */
    int proc;   /* child: a procfs of the new pid namespace that no path of the container leads to */
    int master; /* host: the pseudo-terminal's other side */
    int slave;
};

struct operation {
    const char *name;
    int (*run)(struct launch *launch, const struct record *record);
} __attribute__((aligned(16)));

/* Begins the function of an operation, under the name that plans have for it: the linker lays the entries of all files side
 * by side (ld(1), "Orphan Sections"). It returns 0, or -1 after a failing CALL, which the journal then reports as the failure
 * of the step. */
#define OPERATION(plan_name, function)                                                                                      \
    static int function(struct launch *launch, const struct record *record);                                                \
    static const struct operation function##_entry __attribute__((used, section("operations"))) = {(plan_name), (function)}; \
    static int function(struct launch *launch, __attribute__((unused)) const struct record *record)

/* Declares a variable and gives it the value of a field, or ends the operation when the plan has no such one. */
#define NUMBER(variable, key, max)                                                                                          \
    uint64_t variable;                                                                                                      \
    if (!record_get_u64(record, (key), (max), &variable)) return launch_invalid(launch, record, (key))
#define FLAGS(variable, key)                                                                                                \
    uint64_t variable = 0;                                                                                                  \
    if (record_get(record, (key)) != NULL && !record_get_u64(record, (key), UINT32_MAX, &variable)) return launch_invalid(launch, record, (key))
#define REQUIRED(variable, key)                                                                                             \
    const char *variable = record_get(record, (key));                                                                       \
    if (variable == NULL) return launch_invalid(launch, record, (key))

/* A recorded call of the step under way. */
#define DO(name, call, ...) ((int)CALL(&launch->journal, name, call, __VA_ARGS__))

int launch_phase(struct launch *launch, const char *phase);
const struct record *launch_find(const struct launch *launch, const char *op); /* the last such record of the start, or NULL */
int launch_handle(struct launch *launch, const char *name);
int launch_keep(struct launch *launch, const char *name, int fd);
int launch_invalid(struct launch *launch, const struct record *record, const char *key);
_Noreturn void launch_child(struct launch *launch);
int launch_monitor(struct launch *launch, const struct record *settings); /* monitor.c */
uint64_t launch_start_time(struct launch *launch, pid_t pid); /* 0: there is no such process */

/* archive.c: writes the tree at `start` as records. Returns NULL, or the path that failed, with errno. */
struct archive_request {
    FILE *out;
    int self;                            /* an O_PATH descriptor of /proc/self/fd */
    int below;                           /* the directory of the layers below that has the same path, to be described beside it; or -1 */
    bool layer, contents, deep, devices; /* layer: `start` is an upper directory of an overlay */
    bool seals;                          /* a directory is described again when all of it has been */
};
const char *archive_tree(const struct archive_request *request, int start);

/* mounts.c: a new instance of a file system as the record says, after a first option that it does not; a tree on a target,
 * whose name is for the journal; attributes, propagation and id mapping of a tree, as the record says */
int mount_new(struct launch *launch, const struct record *record, const char *type, const char *first);
int mount_onto(struct launch *launch, int tree, int target, const char *name);
int mount_set(struct launch *launch, const struct record *record, int tree, unsigned flags);

/* extract.c: applies records from input below root until "done". Sets errno. The second one takes them from stdin, without
 * the privileges that it does not need, and says on stdout how it ended: "done", or "error op= path= call= errno=". What it
 * has made of a layer is on the disk then; where it is none, directories and other things do not take each other's place. */
int unpack_tree(int root, int input);
int unpack_stdin(int root, bool layer);

/* A message between host and child: what happened, a process, at most one descriptor, and the reason of a failure.
 * m: go on; r: the root; c: the child, or its heir; t: its terminal; b: its root is built, and only what it is itself is left
 * to do before the payload is executed; f: a step failed. */
struct sync_message {
    char kind;
    pid_t pid;
    int fd;
    char text[1000];
};

int sync_send(int socket, struct sync_message message);
int sync_receive(int socket, struct sync_message *message);
int sync_await(int socket, char expected, struct sync_message *message);

/* group.c */
int group_open(struct launch *launch);
size_t group_statistics(struct launch *launch, char *json, size_t room);
void group_end(struct launch *launch);
