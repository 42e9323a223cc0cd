/* Role measure: PATH... adds up the files below directories. Everything is named relative to a descriptor that was
 * opened without following a symbolic link, and mounts are not crossed. A file counts by its links, so all of them
 * together count once; what cannot be read, vanishes, or lies deeper than DEPTH counts nothing. A record a path:
 * size bytes=N */
#include "helper.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH = 256, FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static uint64_t measure(int fd, int depth)
{
    struct stat top, status;
    uint64_t bytes = 0;
    DIR *directory = fd < 0 || fstat(fd, &top) != 0 ? NULL : fdopendir(fd);
    if (directory == NULL) {
        if (fd >= 0) close(fd);
        return 0;
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (fstatat(fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || status.st_dev != top.st_dev) continue;
        if (S_ISREG(status.st_mode)) bytes += (uint64_t)status.st_size / (status.st_nlink > 0 ? status.st_nlink : 1);
        if (S_ISDIR(status.st_mode) && depth > 0) bytes += measure(openat(fd, entry->d_name, FLAGS), depth - 1);
    }
    closedir(directory);
    return bytes;
}

int role_measure(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) printf("size%cbytes=%" PRIu64 "%c%c", 0, measure(open(argv[i], FLAGS), DEPTH), 0, 0);
    return fflush(stdout) == 0 ? 0 : 1;
}
