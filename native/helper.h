/* What all files of the helper share: the headers of libc and the kernel that most of them need, what is done with files
 * (files.c) and trees (trees.c). */
#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* A place where test/failures ends, stops or delays this process; nothing in every other build (src/base/failPoint.ts). */
#ifdef FAIL_POINTS
void fail_point(const char *family, const char *name);
#define FAIL_POINT(family, name) fail_point((family), (name))
#else
#define FAIL_POINT(family, name) ((void)0)
#endif

/* What is OWNED is closed when its name goes out of scope, on every way out, and errno stays as it was; disown() hands a
 * descriptor on instead. */
#define OWNED __attribute__((cleanup(close_owned))) int
#define OWNED_MEMORY __attribute__((cleanup(free_owned)))

static inline void close_owned(int *fd)
{
    int error = errno;
    if (*fd >= 0) close(*fd);
    *fd = -1;
    errno = error;
}

static inline void free_owned(void *pointer)
{
    int error = errno;
    free(*(void **)pointer);
    errno = error;
}

static inline int disown(int *fd)
{
    int given = *fd;
    *fd = -1;
    return given;
}

/* The name of one entry, which leads nowhere else. */
bool is_name(const char *text);
/* Calls visit for each entry until it returns other than 0, which is returned; -1 with errno: it cannot be read. */
int each_entry(int directory, int (*visit)(void *context, int directory, const char *name), void *context);
/* openat2(2) with O_CLOEXEC; "" is the directory itself. */
int open_in(int directory, const char *path, uint64_t flags, uint64_t resolve);
int write_all(int fd, const char *bytes, size_t size);
/* Lower-case hexadecimal digits to bytes; bytes may be text itself. False when malformed or more than room. */
bool decode_hex(const char *text, void *bytes, size_t room, size_t *size);
/* The file system ids of this thread. Leaving 0 drops the capabilities about files, so they are raised again. */
int become_file_owner(uid_t id);

/* trees.c: deletes what `name` is in `parent`, whole trees included; nothing there is fine. Sets errno. */
int remove_tree_at(int parent, const char *name);
/* trees.c: the bytes of the files below a directory, as far as they can be read. */
uint64_t measure_tree(int top);
