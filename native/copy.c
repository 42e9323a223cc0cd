/* Copies a directory tree by descriptors: what the image has at the mount point of a new volume (V45). Runs inside the
 * container's user namespace, so owners mean the same on both sides. Nothing is resolved by a path of more than one
 * component, and no symbolic link is followed. */
#include "files.h"
#include "launch.h"

#include <sys/sendfile.h>
#include <sys/xattr.h>

#define DEPTH_MAX 1024

struct copy {
    int into, depth;
};

static int copy_attributes(int from, int to, const struct stat *status)
{
    char names[65536], value[65536];
    ssize_t size = flistxattr(from, names, sizeof names);
    if (fchown(to, status->st_uid, status->st_gid) != 0) return -1;
    if (fchmod(to, status->st_mode & 07777) != 0) return -1;
    for (char *name = names; size > 0 && name < names + size; name += strlen(name) + 1) {
        ssize_t length = strncmp(name, "user.", 5) == 0 || strcmp(name, "security.capability") == 0
                             ? fgetxattr(from, name, value, sizeof value)
                             : -1;
        if (length >= 0 && fsetxattr(to, name, value, (size_t)length, 0) != 0 && errno != EOPNOTSUPP) return -1;
    }
    struct timespec times[2] = {status->st_atim, status->st_mtim};
    return futimens(to, times);
}

static int copy_file(int parent, int into, const char *name, const struct stat *status)
{
    OWNED from = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (from < 0) return -1;
    OWNED to = openat(into, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (to < 0) return -1;
    for (off_t left = status->st_size; left > 0;) {
        ssize_t sent = sendfile(to, from, NULL, (size_t)left);
        if (sent < 0) return -1;
        if (sent == 0) break; /* it has become shorter */
        left -= sent;
    }
    return copy_attributes(from, to, status);
}

static int copy_directory(int from, int to, int depth);

static int copy_entry(void *context, int from, const char *name)
{
    const struct copy *copy = context;
    int into = copy->into;
    struct stat status;
    if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return -1;
    if (S_ISREG(status.st_mode)) return copy_file(from, into, name, &status);
    if (S_ISLNK(status.st_mode)) {
        char target[4097];
        ssize_t size = readlinkat(from, name, target, sizeof target - 1);
        if (size < 0) return -1;
        target[size] = '\0';
        if (symlinkat(target, into, name) != 0) return -1;
        return fchownat(into, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW);
    }
    if (S_ISFIFO(status.st_mode)) {
        if (mknodat(into, name, S_IFIFO | 0600, 0) != 0) return -1;
        if (fchownat(into, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0) return -1;
        return fchmodat(into, name, status.st_mode & 07777, 0);
    }
    if (!S_ISDIR(status.st_mode)) return 0; /* devices and sockets mean nothing in a volume */
    if (mkdirat(into, name, 0700) != 0) return -1;
    OWNED source = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    OWNED target = openat(into, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return source < 0 || target < 0 ? -1 : copy_directory(source, target, copy->depth + 1);
}

static int copy_directory(int from, int to, int depth)
{
    struct copy copy = {to, depth};
    struct stat status;
    errno = ELOOP;
    if (depth > DEPTH_MAX || each_entry(from, copy_entry, &copy) != 0 || fstat(from, &status) != 0) return -1;
    return copy_attributes(from, to, &status); /* last, because copying into it changed its times */
}

/* Copies the content and the attributes of one directory into another, empty one. Returns 0, or -1 with errno. */
int copy_tree(int from, int to)
{
    return copy_directory(from, to, 0);
}
