/* Deletes directory trees, and adds up the files below directories. Everything is named relative to a descriptor that was
 * opened without following a symbolic link or crossing a mount, so nothing outside a tree can be reached, whoever swaps
 * what in it meanwhile. */
#include "helper.h"

enum { ATTEMPTS = 1000, DEPTH = 256 };

/* ---- remove ---- */

struct removal {
    int top;
    unsigned serial, lifted; /* of the names that entries were lifted to; how many in this pass */
};

static int open_directory(int parent, const char *name)
{
    const uint64_t inside = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
    return open_in(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, inside);
}

/* 0: gone; 1: a directory that is not empty; -1: failed. */
static int remove_entry(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return 0;
    if (errno != EISDIR && errno != EPERM) return -1;
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return 0;
    return errno == ENOTEMPTY || errno == EEXIST ? 1 : -1;
}

/* Neither descriptors nor stack may grow with a tree's depth: a directory that is not empty moves up for the next pass. */
static int lift(void *context, int parent, const char *name)
{
    struct removal *removal = context;
    int result = remove_entry(parent, name);
    for (int attempt = 0; result == 1 && attempt < ATTEMPTS; attempt++) {
        char lifted[32];
        snprintf(lifted, sizeof lifted, ".brig-lifted-%u", removal->serial++);
        if (syscall(SYS_renameat2, parent, name, removal->top, lifted, 1U /* RENAME_NOREPLACE */) == 0) result = 0;
        else if (errno != EEXIST) return errno == ENOENT ? 0 : -1;
        removal->lifted += result == 0;
    }
    return result == 0 ? 0 : -1;
}

static int empty(void *context, int top, const char *name)
{
    int result = remove_entry(top, name);
    if (result != 1) return result;
    OWNED directory = open_directory(top, name);
    if (directory < 0) return errno == ENOENT ? 0 : -1;
    if (each_entry(directory, lift, context) != 0) return -1;
    return remove_entry(top, name) < 0 ? -1 : 0; /* entries may have come meanwhile: the next pass sees them */
}

int remove_tree_at(int parent, const char *name)
{
    struct removal removal = {.top = -1};
    int result = remove_entry(parent, name);
    if (result != 1) return result;
    OWNED top = open_directory(parent, name);
    if (top < 0) return errno == ENOENT ? 0 : -1;
    removal.top = top;
    FAIL_POINT("remove", "began");
    for (int idle = 0; idle < ATTEMPTS; idle += removal.lifted == 0) {
        removal.lifted = 0;
        if (each_entry(top, empty, &removal) != 0) return -1;
        result = remove_entry(parent, name);
        if (result != 1) return result;
    }
    errno = ENOTEMPTY;
    return -1;
}

/* ---- measure ---- */

/* All links of a file together count once; what cannot be read, vanishes, or lies deeper than DEPTH counts nothing. */
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
    OWNED below = open_directory(directory, name);
    sum->depth++;
    if (below >= 0) each_entry(below, add, sum);
    sum->depth--;
    return 0;
}

uint64_t measure_tree(int top)
{
    struct stat status;
    struct sum sum = {0};
    if (fstat(top, &status) != 0) return 0;
    sum.device = status.st_dev;
    each_entry(top, add, &sum);
    return sum.bytes;
}
