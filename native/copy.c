/* Copies a directory tree by descriptors: what the image has at the mount point of a new volume (V45). Runs inside the
 * container's user namespace, so owners mean the same on both sides. Nothing is resolved by a path of more than one
 * component, and no symbolic link is followed. */
#include "launch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define DEPTH_MAX 1024

static int copy_directory(int from, int to, int depth);

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
    int from = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (from < 0) return -1;
    int to = openat(into, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), result = to < 0 ? -1 : 0;
    for (off_t left = status->st_size; result == 0 && left > 0;) {
        ssize_t sent = sendfile(to, from, NULL, (size_t)left);
        if (sent <= 0) result = sent == 0 ? 1 : -1;
        else left -= sent;
    }
    if (result >= 0) result = copy_attributes(from, to, status);
    int error = errno;
    close(from);
    if (to >= 0) close(to);
    errno = error;
    return result;
}

static int copy_entry(int from, int into, const char *name, int depth)
{
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
    int source = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int target = openat(into, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int result = source < 0 || target < 0 ? -1 : copy_directory(source, target, depth + 1);
    int error = errno;
    if (source >= 0) close(source);
    if (target >= 0) close(target);
    errno = error;
    return result;
}

static int copy_directory(int from, int to, int depth)
{
    if (depth > DEPTH_MAX) {
        errno = ELOOP;
        return -1;
    }
    int listed = fcntl(from, F_DUPFD_CLOEXEC, 3);
    DIR *directory = listed < 0 ? NULL : fdopendir(listed);
    if (directory == NULL) {
        if (listed >= 0) close(listed);
        return -1;
    }
    int result = 0;
    for (struct dirent *entry; result == 0 && (errno = 0, entry = readdir(directory)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) result = copy_entry(from, to, entry->d_name, depth);
    int error = errno;
    closedir(directory);
    errno = error;
    struct stat status;
    if (result != 0 || error != 0 || fstat(from, &status) != 0) return -1;
    return copy_attributes(from, to, &status); /* last, because copying into it changed its times */
}

/* Copies the content and the attributes of one directory into another, empty one. Returns 0, or -1 with errno. */
int copy_tree(int from, int to)
{
    return copy_directory(from, to, 0);
}
