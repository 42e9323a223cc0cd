/* Role measure: PATH... adds up the files below directories. Everything is named relative to a descriptor that was
 * opened without following a symbolic link, and mounts are not crossed. A file counts by its links, so all of them
 * together count once; what cannot be read, vanishes, or lies deeper than DEPTH counts nothing. A record a path:
 * size bytes=N */
#include "files.h"
#include "helper.h"

enum { DEPTH = 256, FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

struct sum {
    dev_t device;
    int depth;
    uint64_t bytes;
};

static int add(void *context, int directory, const char *name)
{
    struct sum *sum = context;
    struct stat status;
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || status.st_dev != sum->device) return 0;
    if (S_ISREG(status.st_mode)) sum->bytes += (uint64_t)status.st_size / (status.st_nlink > 0 ? status.st_nlink : 1);
    if (!S_ISDIR(status.st_mode) || sum->depth == DEPTH) return 0;
    OWNED below = openat(directory, name, FLAGS);
    sum->depth++;
    if (below >= 0) each_entry(below, add, sum);
    sum->depth--;
    return 0;
}

int role_measure(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        OWNED top = open(argv[i], FLAGS);
        struct stat status;
        struct sum sum = {0};
        if (top >= 0 && fstat(top, &status) == 0) {
            sum.device = status.st_dev;
            each_entry(top, add, &sum);
        }
        printf("size%cbytes=%llu%c%c", 0, (unsigned long long)sum.bytes, 0, 0);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
