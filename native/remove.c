/* Role remove: PARENT NAME... deletes directory trees. Everything is named relative to a descriptor that was opened
 * without following a symbolic link or crossing a mount, so nothing outside a tree can be reached, whoever swaps what
 * in it meanwhile. One record on stdout when it fails: error op=remove path=NAME call=... errno=... */
#include "helper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DEPTH = 64, ATTEMPTS = 1000 };

struct level {
    DIR *directory;
    char name[NAME_MAX + 1]; /* in the level above */
};

static int open_directory(int parent, const char *name)
{
    struct open_how how = {
        .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
    };
    return (int)syscall(SYS_openat2, parent, name, &how, sizeof how);
}

static int enter(struct level *level, int parent, const char *name)
{
    int fd = open_directory(parent, name);
    if (fd < 0) return -1;
    level->directory = fdopendir(fd);
    if (level->directory == NULL) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    memccpy(level->name, name, '\0', sizeof level->name);
    level->name[NAME_MAX] = '\0';
    return 0;
}

/* Neither descriptors nor stack may grow with the depth of a tree: what lies too deep is moved up to its top. */
static int lift(struct level *levels, int fd, const char *name, unsigned *serial)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        char lifted[32];
        snprintf(lifted, sizeof lifted, ".brig-lifted-%u", (*serial)++);
        if (syscall(SYS_renameat2, fd, name, dirfd(levels[0].directory), lifted, 1U /* RENAME_NOREPLACE */) == 0) return 0;
        if (errno != EEXIST) return -1;
    }
    return -1;
}

/* One pass over the directory of the deepest level: 1 went a level deeper, 0 the pass is over, -1 failed. */
static int remove_entries(struct level *levels, size_t *depth, unsigned *serial)
{
    DIR *directory = levels[*depth - 1].directory;
    int fd = dirfd(directory);
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (entry == NULL) return errno == 0 ? 0 : -1;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (unlinkat(fd, entry->d_name, 0) == 0 || errno == ENOENT) continue;
        if (errno != EISDIR && errno != EPERM) return -1;
        if (unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0 || errno == ENOENT) continue;
        if (errno != ENOTEMPTY && errno != EEXIST) return -1;
        if (*depth == DEPTH) {
            if (lift(levels, fd, entry->d_name, serial) != 0) return -1;
        } else {
            if (enter(&levels[*depth], fd, entry->d_name) != 0) return -1;
            (*depth)++;
            return 1;
        }
    }
}

static int remove_levels(struct level *levels, int parent)
{
    size_t depth = 1;
    unsigned serial = 0;
    int attempts = 0, result = 0;
    while (depth > 0 && result >= 0) {
        struct level *level = &levels[depth - 1];
        result = remove_entries(levels, &depth, &serial);
        if (result != 0) continue;
        int above = depth > 1 ? dirfd(levels[depth - 2].directory) : parent;
        if (unlinkat(above, level->name, AT_REMOVEDIR) == 0 || errno == ENOENT) {
            closedir(level->directory);
            depth--;
        } else if ((errno == ENOTEMPTY || errno == EEXIST) && attempts++ < ATTEMPTS) {
            rewinddir(level->directory); /* entries came while we read, or were lifted into this directory */
        } else {
            result = -1;
        }
    }
    int error = errno;
    while (depth > 0) closedir(levels[--depth].directory);
    errno = error;
    return result < 0 ? -1 : 0;
}

int remove_tree_at(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return 0;
    if (errno != EISDIR && errno != EPERM) return -1;
    struct level *levels = calloc(DEPTH, sizeof *levels);
    if (levels == NULL) return -1;
    int result = enter(&levels[0], parent, name);
    if (result == 0) result = remove_levels(levels, parent);
    else if (errno == ENOENT) result = 0;
    int error = errno;
    free(levels);
    errno = error;
    return result;
}

static int fail(const char *name, const char *call)
{
    int error = errno;
    printf("error%cop=remove%cpath=%s%ccall=%s%cerrno=%d%c%c", 0, 0, name, 0, call, 0, error, 0, 0);
    return fflush(stdout) == 0 ? 1 : 2;
}

int role_remove(int argc, char **argv)
{
    if (argc < 3) return 125;
    int parent = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) return fail(argv[1], "open");
    for (int i = 2; i < argc; i++) {
        errno = EINVAL;
        bool plain = *argv[i] != '\0' && strchr(argv[i], '/') == NULL && strcmp(argv[i], ".") != 0 && strcmp(argv[i], "..") != 0;
        if (!plain || remove_tree_at(parent, argv[i]) != 0) return fail(argv[i], "unlinkat");
    }
    close(parent);
    return 0;
}
