/* What several roles do with files. What is OWNED is closed when its name goes out of scope, on every way out, and errno
 * stays as it was; disown() hands a descriptor on instead. */
#ifndef BRIG_FILES_H
#define BRIG_FILES_H

#include "system.h"

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

/* Calls visit for each entry but "." and ".." until it returns something other than 0, which is returned; -1 with errno
 * when the directory cannot be read. */
int each_entry(int directory, int (*visit)(void *context, int directory, const char *name), void *context);

/* openat2(2) with O_CLOEXEC; "" is the directory itself. */
int open_in(int directory, const char *path, uint64_t flags, uint64_t resolve);

int write_all(int fd, const char *bytes, size_t size);

/* Lower-case hexadecimal digits to bytes; bytes may be text itself. False when malformed or more than room. */
bool decode_hex(const char *text, void *bytes, size_t room, size_t *size);

/* The file system ids of this thread. Leaving 0 drops the capabilities about files, so they are raised again. */
int become_file_owner(uid_t id);

#endif
