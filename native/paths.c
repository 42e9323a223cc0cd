#include "launch.h"

int path_open_in(struct journal *journal, int root, const char *path, uint64_t flags, uint64_t resolve)
{
    return (int)CALL(journal, "openat2", open_in(root, path, flags, resolve), "%d, \"%s\", 0x%llx, resolve=0x%llx", root, path,
                     (unsigned long long)flags, (unsigned long long)resolve);
}

int path_make_directory(struct journal *journal, int parent, const char *name, unsigned mode)
{
    return (int)CALL(journal, "mkdirat", mkdirat(parent, name, mode), "%d, \"%s\", 0%o", parent, name, mode);
}

static int make_file(struct journal *journal, int parent, const char *name)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = (int)CALL(journal, "openat", openat(parent, name, flags, 0644), "%d, \"%s\", O_CREAT|O_EXCL|O_NOFOLLOW, 0644", parent, name);
    return fd < 0 ? -1 : close(fd);
}

/* A part that appears between our look and our mkdirat, or a symbolic link that leads nowhere, ends in EEXIST, which is a
 * refusal and not a reason to go on. */
static int open_or_make(struct journal *journal, int root, char *path, enum path_create create, uint64_t resolve)
{
    int fd = path_open_in(journal, root, path, O_PATH, resolve);
    if (fd >= 0 || errno != ENOENT || create == PATH_EXISTS) return fd;
    char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1, top[] = "";
    if (slash != NULL) *slash = '\0';
    OWNED parent = open_or_make(journal, root, slash == NULL ? top : path, PATH_DIRECTORY, resolve);
    if (slash != NULL) *slash = '/';
    if (parent < 0) return -1;
    int made = !is_name(name)         ? 0
               : create == PATH_FILE ? make_file(journal, parent, name)
                                     : path_make_directory(journal, parent, name, 0755);
    return made == 0 ? path_open_in(journal, root, path, O_PATH, resolve) : -1;
}

int path_target(struct journal *journal, int root, const char *path, enum path_create create, uint64_t resolve)
{
    OWNED_MEMORY char *copy = strdup(path);
    if (copy == NULL) return -1;
    for (size_t size = strlen(copy); size > 0 && copy[size - 1] == '/'; size--) copy[size - 1] = '\0';
    return open_or_make(journal, root, copy, create, resolve);
}

ssize_t path_read(struct journal *journal, int root, const char *path, size_t limit, char **bytes)
{
    *bytes = NULL;
    /* O_NONBLOCK: a fifo in place of the file must not stop us. */
    OWNED fd = path_open_in(journal, root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, IN_ROOT);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) return -1;
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    OWNED_MEMORY char *buffer = S_ISREG(status.st_mode) ? malloc(limit + 1) : NULL;
    if (buffer == NULL) return -1;
    size_t size = 0;
    while (size < limit) {
        ssize_t got = read(fd, buffer + size, limit - size);
        if (got < 0) return -1;
        if (got == 0) break;
        size += (size_t)got;
    }
    *bytes = buffer;
    buffer = NULL;
    return (ssize_t)size;
}

int path_write(struct journal *journal, int directory, const char *name, const char *value)
{
    OWNED fd = path_open_in(journal, directory, name, O_WRONLY, IN_ROOT | RESOLVE_NO_XDEV);
    if (fd < 0) return -1;
    size_t size = strlen(value);
    return CALL(journal, "write", write(fd, value, size), "%s, \"%s\"", name, value) == (long)size ? 0 : -1;
}

int path_open_tree(struct journal *journal, int directory, const char *path, unsigned flags)
{
    return (int)CALL(journal, "open_tree", open_tree(directory, path, flags | OPEN_TREE_CLOEXEC), "%d, \"%s\", 0x%x", directory, path, flags);
}

int path_open_host(struct journal *journal, const char *path, int flags)
{
    return (int)CALL(journal, "open", open(path, flags | O_CLOEXEC, 0600), "\"%s\", 0x%x", path, (unsigned)flags);
}
