/* Operation archive: writes what is at a path as records, the ones that extract.c reads, each file's record
 * followed by its `size` bytes, and at last "done". Runs inside the root that it reads or on a tree kept by descriptor;
 * whatever the container does meanwhile, no name of more than one part is resolved below the starting point, no link
 * is followed, and nothing is opened that is not a regular file or a directory at the moment of opening. */
#include "launch.h"

#include <sys/vfs.h>
#include <sys/xattr.h>

enum { DEPTH_MAX = 1024, BUCKETS = 4096 };

/* A file with several names, by the first that was met. */
struct link {
    struct link *next;
    dev_t device;
    ino_t inode;
    char path[];
};

struct archive {
    struct archive_request request;
    int depth;
    struct link *links[BUCKETS];
    size_t path_size;
    char path[PATH_MAX];
};

/* NULL for the first path of a file, with errno when it cannot be kept. */
static const char *first_path(struct archive *archive, const struct stat *status)
{
    struct link **bucket = &archive->links[status->st_ino % BUCKETS];
    for (const struct link *link = *bucket; link != NULL; link = link->next)
        if (link->device == status->st_dev && link->inode == status->st_ino) return link->path;
    struct link *link = malloc(sizeof *link + archive->path_size + 1);
    if (link == NULL) return NULL;
    *link = (struct link){.next = *bucket, .device = status->st_dev, .inode = status->st_ino};
    memcpy(link->path, archive->path, archive->path_size + 1);
    *bucket = link;
    return NULL;
}

static bool is_kept(const char *name)
{
    return strncmp(name, "user.", 5) == 0 || strncmp(name, "system.posix_acl_", 17) == 0 || strcmp(name, "security.capability") == 0;
}

static void put_attributes(const struct archive *archive, int fd)
{
    static char names[65536];
    static unsigned char value[65536];
    ssize_t size = flistxattr(fd, names, sizeof names); /* a file system without attributes has none to send */
    for (const char *name = names; size > 0 && name < names + size; name += strlen(name) + 1) {
        ssize_t length = is_kept(name) ? fgetxattr(fd, name, value, sizeof value) : -1;
        if (length < 0) continue;
        fprintf(archive->request.out, "xattr=%s=", name);
        for (ssize_t i = 0; i < length; i++) fprintf(archive->request.out, "%02x", value[i]);
        fputc(0, archive->request.out);
    }
}

/* What every record has, and what the layers below have under the same name. */
static void put_metadata(const struct archive *archive, const char *op, const struct stat *status, const char *name)
{
    struct stat below;
    fprintf(archive->request.out, "%s%cpath=%s%cmode=0%o%cuid=%u%cgid=%u%cmtime=%lld%cnsec=%ld%c", op, 0,
            archive->path_size == 0 ? "." : archive->path, 0, status->st_mode & 07777, 0, status->st_uid, 0, status->st_gid, 0,
            (long long)status->st_mtim.tv_sec, 0, status->st_mtim.tv_nsec, 0);
    if (archive->request.below < 0 || fstatat(archive->request.below, name, &below, AT_SYMLINK_NOFOLLOW) != 0) return;
    fprintf(archive->request.out, "below=%o %u %u %lld %ld%c", below.st_mode, below.st_uid, below.st_gid,
            (long long)below.st_mtim.tv_sec, below.st_mtim.tv_nsec, 0);
}

/* Exactly as many bytes as were announced: a file that grows meanwhile is cut, one that shrinks is filled with zeros. */
static int put_contents(const struct archive *archive, int fd, uint64_t size)
{
    static char bytes[65536];
    for (bool over = false; size > 0;) {
        size_t part = size < sizeof bytes ? (size_t)size : sizeof bytes;
        ssize_t got = over ? (ssize_t)part : read(fd, bytes, part);
        if (got < 0) return -1;
        if (got == 0) memset(bytes, 0, sizeof bytes);
        over = over || got == 0;
        if (fwrite(bytes, 1, (size_t)got, archive->request.out) != (size_t)got) return -1;
        size -= (uint64_t)got;
    }
    return 0;
}

/* An O_PATH descriptor is opened anew through procfs, and not its name, which may have changed. */
static int open_again(const struct archive *archive, int held, int flags)
{
    char name[16];
    snprintf(name, sizeof name, "%d", held);
    return openat(archive->request.self, name, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static int put_file(const struct archive *archive, int held, struct stat *status, const char *name)
{
    OWNED fd = open_again(archive, held, O_RDONLY);
    if (fd < 0 || fstat(fd, status) != 0) return -1;
    put_metadata(archive, "file", status, name);
    put_attributes(archive, fd);
    fprintf(archive->request.out, "size=%llu%c%c", (unsigned long long)status->st_size, 0, 0);
    return archive->request.contents ? put_contents(archive, fd, (uint64_t)status->st_size) : 0;
}

static int put_entry(void *context, int directory, const char *name);

/* The file systems of the kernel (proc, sysfs, cgroup2, ...) have no blocks; a copy of what they show is worth nothing. */
static bool is_kernels(int fd)
{
    struct statfs status;
    return fstatfs(fd, &status) == 0 && status.f_blocks == 0;
}

static int put_directory(struct archive *archive, int held, const struct stat *status, const char *name)
{
    char opaque = 'n';
    OWNED fd = open_again(archive, held, O_RDONLY | O_DIRECTORY);
    if (fd < 0) return -1;
    put_metadata(archive, "dir", status, name);
    put_attributes(archive, fd);
    fputc(0, archive->request.out);
    if (archive->request.layer && fgetxattr(fd, "trusted.overlay.opaque", &opaque, 1) == 1 && opaque == 'y')
        fprintf(archive->request.out, "opaque%cpath=%s%c%c", 0, archive->path_size == 0 ? "." : archive->path, 0, 0);
    if (!archive->request.deep || is_kernels(fd)) return 0;
    errno = ELOOP;
    if (archive->depth == DEPTH_MAX) return -1;
    int above = archive->request.below;
    OWNED below = above < 0 || opaque == 'y' ? -1 : openat(above, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    archive->request.below = below;
    archive->depth++;
    int result = each_entry(fd, put_entry, archive);
    archive->depth--;
    archive->request.below = above;
    if (result != 0 || !archive->request.seals) return result;
    put_metadata(archive, "seal", status, name);
    put_attributes(archive, fd);
    fputc(0, archive->request.out);
    return 0;
}

static int put_node(struct archive *archive, int held, const struct stat *status, const char *name)
{
    bool device = S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode);
    if (S_ISSOCK(status->st_mode) || (device && !archive->request.devices)) return 0;
    FILE *out = archive->request.out;
    if (archive->request.layer && S_ISCHR(status->st_mode) && status->st_rdev == 0) {
        fprintf(out, "whiteout%cpath=%s%c%c", 0, archive->path, 0, 0);
        return 0;
    }
    put_metadata(archive, S_ISLNK(status->st_mode) ? "symlink" : S_ISFIFO(status->st_mode) ? "fifo" : S_ISCHR(status->st_mode) ? "char" : "block",
                 status, name);
    if (S_ISLNK(status->st_mode)) {
        char target[PATH_MAX];
        ssize_t size = readlinkat(held, "", target, sizeof target - 1);
        if (size < 0) return -1;
        target[size] = '\0';
        fprintf(out, "target=%s%c", target, 0);
    }
    if (device) fprintf(out, "major=%u%cminor=%u%c", major(status->st_rdev), 0, minor(status->st_rdev), 0);
    fputc(0, out);
    return 0;
}

static int put_held(struct archive *archive, int held, const char *name)
{
    struct stat status;
    if (fstat(held, &status) != 0) return -1;
    if (S_ISDIR(status.st_mode)) return put_directory(archive, held, &status, name);
    if (S_ISREG(status.st_mode) && status.st_nlink > 1) {
        errno = 0;
        const char *first = first_path(archive, &status);
        if (first != NULL) {
            put_metadata(archive, "hardlink", &status, name);
            fprintf(archive->request.out, "target=%s%c%c", first, 0, 0);
        }
        if (first != NULL || errno != 0) return first != NULL ? 0 : -1;
    }
    return S_ISREG(status.st_mode) ? put_file(archive, held, &status, name) : put_node(archive, held, &status, name);
}

static int put_entry(void *context, int directory, const char *name)
{
    struct archive *archive = context;
    OWNED held = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (held < 0) return errno == ENOENT ? 0 : -1; /* it has gone meanwhile */
    size_t before = archive->path_size, room = sizeof archive->path - before;
    int length = snprintf(archive->path + before, room, before == 0 ? "%s" : "/%s", name);
    errno = ENAMETOOLONG;
    if (length < 0 || (size_t)length >= room) return -1;
    archive->path_size = before + (size_t)length;
    int result = put_held(archive, held, name);
    if (result != 0) return result; /* the path says where */
    archive->path[archive->path_size = before] = '\0';
    return 0;
}

const char *archive_tree(const struct archive_request *request, int start)
{
    static struct archive archive; /* once a process: its path is the answer, and what it keeps goes with the process */
    archive.request = *request;
    int result = put_held(&archive, start, ".");
    if (result == 0) fprintf(request->out, "done%c%c", 0, 0);
    return result == 0 && fflush(request->out) == 0 ? NULL : archive.path_size == 0 ? "." : archive.path;
}
