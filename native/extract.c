/* Makes a tree: reads records (record.h) and applies them inside a directory. A plan for a layer makes that this process's
 * whole world first: its own mount namespace with nothing else in it, and no network. No capability is left beyond what
 * unpacking takes. What an archive names can therefore only be inside.
 *
 * A record is dir, file (its `size` raw bytes follow the record), symlink, hardlink, fifo, char, block, whiteout,
 * opaque or seal, with path and mode, uid, gid, mtime, nsec, xattr=NAME=HEX..., target, major, minor; "done" ends the
 * stream. A directory gets what it has by `seal`, when nothing more is made in it: that would change its time stamp,
 * and inherit its default ACL. */
#include "launch.h"

#include <sys/xattr.h>

enum { RECORD_MAX = 1 << 20, READ_MAX = 256 << 10, HOLE = 32 << 10, EARLY = 1 << 20, LINKS_MAX = 40 };

struct unpack {
    int root;
    const char *call; /* the system call that failed */
    int parent;       /* the directory of the last entry, or -1; its name is parent_path */
    char parent_path[PATH_MAX];
    bool in_hole; /* the file under way ends in one so far */
    bool strict;  /* directories and other things do not take each other's place */
    int input_fd;
    char link[PATH_MAX];           /* what a symbolic link says */
    char attribute[XATTR_SIZE_MAX]; /* the value of one */
    size_t start, end; /* of what was read and not used */
    char input[RECORD_MAX + 2 * READ_MAX];
};

#define TRY(unpack, name, expression) ((expression) < 0 ? ((unpack)->call = (name), -1) : 0)

/* ---- privileges ---- */

#define BIT(capability) (1U << (capability))
static const uint32_t unpacking = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_FSETID) | BIT(CAP_MKNOD) | BIT(CAP_SETFCAP);

/* CAP_SYS_ADMIN stays permitted for trusted.* attributes, and is effective only while one of ours is set. */
static int set_capabilities(uint32_t effective)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{.effective = effective, .permitted = unpacking | BIT(CAP_SYS_ADMIN)}};
    return (int)syscall(SYS_capset, &header, data);
}

static int drop_privileges(struct unpack *unpack)
{
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        if (TRY(unpack, "prctl", prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))) return -1;
    if (TRY(unpack, "prctl", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))) return -1;
    return TRY(unpack, "capset", set_capabilities(unpacking));
}

/* ---- extended attributes ---- */

static int set_opaque(struct unpack *unpack, int parent, const char *name)
{
    OWNED directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); /* attributes need more than O_PATH */
    if (TRY(unpack, "openat", directory) || TRY(unpack, "capset", set_capabilities(unpacking | BIT(CAP_SYS_ADMIN)))) return -1;
    int result = TRY(unpack, "fsetxattr", fsetxattr(directory, "trusted.overlay.opaque", "y", 1, 0));
    int error = errno;
    if (TRY(unpack, "capset", set_capabilities(unpacking))) return -1;
    errno = error;
    return result;
}

/* NAME=HEX; what cannot be opened (fd < 0) is `name` in `parent`, and not followed. */
static int set_attribute(struct unpack *unpack, const char *field, int fd, int parent, const char *name)
{
    char key[XATTR_NAME_MAX + 1], *value = unpack->attribute;
    size_t size, length = strcspn(field, "=");
    errno = EBADMSG;
    if (field[length] == '\0' || length >= sizeof key || !decode_hex(field + length + 1, value, sizeof unpack->attribute, &size))
        return TRY(unpack, "record", -1);
    memcpy(key, field, length);
    key[length] = '\0';
    if (fd >= 0) return TRY(unpack, "fsetxattr", fsetxattr(fd, key, value, size, 0));
    if (TRY(unpack, "fchdir", fchdir(parent))) return -1;
    return TRY(unpack, "lsetxattr", lsetxattr(name, key, value, size, 0));
}

/* Gives an entry all that its record says: the open fd, or (fd < 0) `name` in `parent`, which keeps the mode that it was
 * made with, because chmod(2) would follow it elsewhere if someone swapped it. Owner before mode, because a change of
 * owner clears the set-ID bits (chown(2)), and attributes after both, because it removes file capabilities as well. */
static int dress(struct unpack *unpack, const struct record *record, int fd, int parent, const char *name)
{
    const int flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, at = fd < 0 ? parent : fd;
    const char *path = fd < 0 ? name : "";
    uint64_t uid, gid, mode, nsec;
    int64_t seconds;
    errno = EBADMSG;
    if (!record_get_u64(record, "uid", UINT32_MAX - 1, &uid) || !record_get_u64(record, "gid", UINT32_MAX - 1, &gid) ||
        !record_get_u64(record, "mode", 07777, &mode) || !record_get_i64(record, "mtime", &seconds) ||
        !record_get_u64(record, "nsec", 999999999, &nsec))
        return TRY(unpack, "record", -1);
    const struct timespec modified = {.tv_sec = seconds, .tv_nsec = (long)nsec}, times[2] = {modified, modified};
    if (TRY(unpack, "fchownat", fchownat(at, path, (uid_t)uid, (gid_t)gid, flags))) return -1;
    if (fd >= 0 && TRY(unpack, "fchmod", fchmod(fd, (mode_t)mode))) return -1;
    for (const char *field = record->op; (field = record_next(field, "xattr")) != NULL;)
        if (set_attribute(unpack, field, fd, parent, name) != 0) return -1;
    return TRY(unpack, "utimensat", utimensat(at, path, times, flags));
}

/* ---- parents ---- */

static int open_in_root(const struct unpack *unpack, const char *path, uint64_t flags)
{
    return open_in(unpack->root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

/* What fstatat says of a deletion mark; in this directory only we make character devices 0:0. */
static bool is_whiteout(const struct stat *status)
{
    return S_ISCHR(status->st_mode) && status->st_rdev == 0;
}

/* Makes the directory `name`, or takes the one that is there. A deletion mark in its place means that the directory of
 * the layers below is gone and this one starts empty. Anything else in its place stays and is EEXIST. */
static int make_directory(struct unpack *unpack, int parent, const char *name)
{
    struct stat status;
    if (mkdirat(parent, name, 0700) == 0) return 0;
    if (errno != EEXIST) return TRY(unpack, "mkdirat", -1);
    if (TRY(unpack, "fstatat", fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW))) return -1;
    if (S_ISDIR(status.st_mode)) return 0;
    errno = EEXIST;
    if (!is_whiteout(&status)) return TRY(unpack, "mkdirat", -1);
    if (TRY(unpack, "unlinkat", unlinkat(parent, name, 0)) || TRY(unpack, "mkdirat", mkdirat(parent, name, 0700))) return -1;
    return set_opaque(unpack, parent, name);
}

/* A directory that no entry spoke of. All of it is set, because a set-group-ID directory above hands its bit down. */
static int make_parent(struct unpack *unpack, int parent, const char *name)
{
    if (make_directory(unpack, parent, name) != 0) return -1;
    OWNED fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (TRY(unpack, "openat", fd) || TRY(unpack, "fchown", fchown(fd, 0, 0)) || TRY(unpack, "fchmod", fchmod(fd, 0755))) return -1;
    return disown(&fd);
}

/* Opens a directory, of which it makes what is missing, also what a symbolic link on the way names that leads nowhere
 * yet. Every look-up is the kernel's, in-root, from the top; it also bounds the length of path. */
static int open_directory(struct unpack *unpack, char *path, int links)
{
    int fd = open_in_root(unpack, path, O_PATH | O_DIRECTORY);
    if (fd >= 0) return fd;
    if (errno != ENOENT && errno != ENOTDIR) return TRY(unpack, "openat2", -1);
    char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1, top[] = "";
    if (slash != NULL) *slash = '\0';
    OWNED parent = open_directory(unpack, slash == NULL ? top : path, links);
    if (slash != NULL) *slash = '/';
    if (parent < 0) return -1;
    fd = is_name(name) ? make_parent(unpack, parent, name) : open_in_root(unpack, path, O_PATH | O_DIRECTORY);
    if (fd >= 0 || errno != EEXIST) return fd;
    ssize_t size = readlinkat(parent, name, unpack->link, sizeof unpack->link - 1);
    errno = size < 0 ? ENOTDIR : ELOOP; /* ENOTDIR: something else stands in the way */
    if (size < 0 || links == LINKS_MAX) return TRY(unpack, "openat2", -1);
    unpack->link[size] = '\0';
    OWNED_MEMORY char *led = NULL;
    if (TRY(unpack, "malloc", asprintf(&led, "%.*s%s", unpack->link[0] == '/' ? 0 : (int)(name - path), path, unpack->link))) return -1;
    return open_directory(unpack, led, links + 1);
}

/* Cuts a path into its directory and its last part, which it gives back; NULL when that could lead elsewhere. */
static const char *split(struct unpack *unpack, const char *path, char directory[PATH_MAX])
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    size_t size = slash == NULL ? 0 : (size_t)(slash - path);
    bool good = size < PATH_MAX && is_name(name);
    errno = EINVAL;
    if (!good && TRY(unpack, "record", -1)) return NULL;
    memcpy(directory, path, size);
    directory[size] = '\0';
    return name;
}

/* The directory that holds the last part of path, and that part in *name. Archives list a directory's entries one
 * after the other, so the last directory is kept; `unpack` owns it. */
static int open_parent(struct unpack *unpack, const char *path, const char **name)
{
    char directory[PATH_MAX];
    *name = split(unpack, path, directory);
    if (*name == NULL) return -1;
    if (unpack->parent >= 0 && strcmp(unpack->parent_path, directory) == 0) return unpack->parent;
    close_owned(&unpack->parent);
    memcpy(unpack->parent_path, directory, strlen(directory) + 1);
    unpack->parent = open_directory(unpack, directory, 0);
    return unpack->parent;
}

/* Removes what is in the way of a new entry. `parent` stays open, but its name may mean something else from here on. */
static int make_way(struct unpack *unpack, int parent, const char *name)
{
    memcpy(unpack->parent_path, "/", 2); /* no entry's parent is called so */
    return TRY(unpack, "unlinkat", unpack->strict ? unlinkat(parent, name, 0) : remove_tree_at(parent, name));
}

/* ---- entries: what is in the way of one stays and is EEXIST ---- */

static int apply_dir(struct unpack *unpack, const struct record *, int parent, const char *name)
{
    return make_directory(unpack, parent, name);
}

static int apply_seal(struct unpack *unpack, const struct record *record, int, const char *path)
{
    OWNED fd = open_in_root(unpack, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    return fd < 0 ? 0 : dress(unpack, record, fd, -1, NULL); /* or a later entry took its place */
}

static int apply_opaque(struct unpack *unpack, const struct record *, int, const char *path)
{
    OWNED_MEMORY char *copy = strdup(path);
    OWNED directory = copy == NULL ? TRY(unpack, "malloc", -1) : open_directory(unpack, copy, 0);
    return directory < 0 ? -1 : set_opaque(unpack, directory, ".");
}

/* A deletion mark concerns the layers below only (image-spec layer.md, "Whiteouts"): what this layer made stays. */
static int apply_whiteout(struct unpack *unpack, const struct record *, int parent, const char *name)
{
    if (mknodat(parent, name, S_IFCHR, makedev(0, 0)) == 0) return 0;
    if (errno != EEXIST) return TRY(unpack, "mknodat", -1);
    return set_opaque(unpack, parent, name) == 0 || errno == ENOTDIR ? 0 : -1;
}

static int make_node(struct unpack *unpack, const struct record *record, int parent, const char *name)
{
    uint64_t major = 0, minor = 0, mode;
    mode_t type = record->op[0] == 'f' ? S_IFIFO : record->op[0] == 'c' ? S_IFCHR : S_IFBLK;
    const char *target = record_get(record, "target");
    errno = EBADMSG;
    if (record->op[0] == 's') return target == NULL ? TRY(unpack, "record", -1) : TRY(unpack, "symlinkat", symlinkat(target, parent, name));
    if (!record_get_u64(record, "mode", 07777, &mode)) return TRY(unpack, "record", -1);
    if (type != S_IFIFO && (!record_get_u64(record, "major", 4095, &major) || !record_get_u64(record, "minor", 1048575, &minor) ||
                            (major == 0 && minor == 0)))
        return TRY(unpack, "record", -1);
    return TRY(unpack, "mknodat", mknodat(parent, name, type | (mode_t)mode, makedev((unsigned)major, (unsigned)minor)));
}

static int apply_node(struct unpack *unpack, const struct record *record, int parent, const char *name)
{
    return make_node(unpack, record, parent, name) == 0 ? dress(unpack, record, -1, parent, name) : -1;
}

static int apply_hardlink(struct unpack *unpack, const struct record *record, int parent, const char *name)
{
    char directory[PATH_MAX];
    const char *target = record_get(record, "target");
    struct stat old, new;
    errno = EBADMSG;
    const char *first = target == NULL ? NULL : split(unpack, target, directory);
    if (first == NULL) return TRY(unpack, "record", -1);
    OWNED from = open_in_root(unpack, directory, O_PATH | O_DIRECTORY);
    if (TRY(unpack, "openat2", from) || TRY(unpack, "fstatat", fstatat(from, first, &old, AT_SYMLINK_NOFOLLOW))) return -1;
    errno = S_ISDIR(old.st_mode) ? EISDIR : ENOENT;
    if (S_ISDIR(old.st_mode) || is_whiteout(&old)) return TRY(unpack, "linkat", -1);
    if (linkat(from, first, parent, name, 0) != 0) { /* without AT_SYMLINK_FOLLOW: a link itself is linked */
        bool exists = errno == EEXIST && fstatat(parent, name, &new, AT_SYMLINK_NOFOLLOW) == 0;
        if (!exists || old.st_dev != new.st_dev || old.st_ino != new.st_ino) return TRY(unpack, "linkat", -1);
    }
    OWNED fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); /* what can be opened */
    return dress(unpack, record, fd, parent, name);
}

/* ---- file contents ---- */

static ssize_t read_input(struct unpack *unpack)
{
    size_t room = sizeof unpack->input - unpack->end;
    ssize_t got = read(unpack->input_fd, unpack->input + unpack->end, room < READ_MAX ? room : READ_MAX);
    if (got > 0) unpack->end += (size_t)got;
    if (got == 0) errno = ENODATA; /* the writer gave up before "done" */
    return got > 0 ? got : TRY(unpack, "read", -1);
}

/* How many of the bytes, in units of HOLE, are zero, or are not. What is left at the end of what was read belongs to a
 * hole only when the bytes before it did, so that small gaps do not tear a file apart. */
static size_t same_run(const char *bytes, size_t size, bool *hole)
{
    size_t run = 0;
    bool before = *hole;
    while (run < size) {
        size_t unit = size - run < HOLE ? size - run : HOLE;
        bool zero = (unit == HOLE || before) && bytes[run] == 0 && memcmp(bytes + run, bytes + run + 1, unit - 1) == 0;
        if (run > 0 && zero != before) break;
        *hole = before = zero;
        run += unit;
    }
    return run;
}

/* Writes bytes, but leaves long runs of zeros out: they read as zeros from a hole. */
static int write_sparse(struct unpack *unpack, int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        size_t run = same_run(bytes, size, &unpack->in_hole);
        if (unpack->in_hole && TRY(unpack, "lseek", lseek(fd, (off_t)run, SEEK_CUR))) return -1;
        if (!unpack->in_hole && TRY(unpack, "write", write_all(fd, bytes, run))) return -1;
        bytes += run;
        size -= run;
    }
    return 0;
}

/* The record stays where it is in the buffer; contents are read behind it. */
static int write_contents(struct unpack *unpack, int fd, uint64_t size)
{
    size_t base = unpack->start;
    unpack->in_hole = false;
    for (uint64_t left = size; left > 0;) {
        if (unpack->start == unpack->end) {
            unpack->start = unpack->end = base;
            if (read_input(unpack) < 0) return -1;
        }
        size_t part = unpack->end - unpack->start;
        if (part > left) part = (size_t)left;
        if (write_sparse(unpack, fd, unpack->input + unpack->start, part) != 0) return -1;
        unpack->start += part;
        left -= part;
    }
    if (size < HOLE) return 0;
    /* The disk may begin with what is large; small files one by one cost it more than the wait. Errors are for syncfs(2) to say. */
    if (size >= EARLY) (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return TRY(unpack, "ftruncate", ftruncate(fd, (off_t)size));
}

static int apply_file(struct unpack *unpack, const struct record *record, int parent, const char *name)
{
    uint64_t size;
    errno = EBADMSG;
    if (!record_get_u64(record, "size", INT64_MAX, &size)) return TRY(unpack, "record", -1);
    OWNED fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (TRY(unpack, "openat", fd) || write_contents(unpack, fd, size) != 0) return -1;
    return dress(unpack, record, fd, -1, NULL);
}

/* ---- the stream ---- */

static const struct {
    const char *op;
    int (*apply)(struct unpack *unpack, const struct record *record, int parent, const char *name);
    bool takes_path; /* as its name, without a parent */
} operations[] = {
    {"dir", apply_dir, false},      {"file", apply_file, false},         {"symlink", apply_node, false},
    {"fifo", apply_node, false},    {"char", apply_node, false},         {"block", apply_node, false},
    {"opaque", apply_opaque, true}, {"whiteout", apply_whiteout, false}, {"hardlink", apply_hardlink, false},
    {"seal", apply_seal, true},
};

static int apply(struct unpack *unpack, const struct record *record)
{
    const size_t count = sizeof operations / sizeof operations[0];
    const char *name, *path = record_get(record, "path");
    size_t i = 0;
    while (i < count && strcmp(operations[i].op, record->op) != 0) i++;
    errno = EBADMSG;
    if (i == count || path == NULL) return TRY(unpack, "record", -1);
    bool directory = operations[i].apply == apply_dir;
    if (directory && strcmp(path, ".") == 0) return 0;
    if (operations[i].takes_path) return operations[i].apply(unpack, record, -1, path);
    int parent = open_parent(unpack, path, &name);
    int result = parent < 0 ? -1 : operations[i].apply(unpack, record, parent, name);
    if (parent < 0 || result == 0 || errno != EEXIST || (unpack->strict && directory)) return result;
    return make_way(unpack, parent, name) == 0 ? operations[i].apply(unpack, record, parent, name) : -1;
}

/* Parses the next record. What is left of the input moves to the front now and then: a record and a read always fit. */
static int next_record(struct unpack *unpack, struct record *record)
{
    if (unpack->start > READ_MAX) {
        unpack->end -= unpack->start;
        memmove(unpack->input, unpack->input + unpack->start, unpack->end);
        unpack->start = 0;
    }
    for (;;) {
        ptrdiff_t taken = record_parse(unpack->input + unpack->start, unpack->end - unpack->start, record);
        if (taken < 0) return TRY(unpack, "record", -1);
        unpack->start += (size_t)taken;
        if (taken > 0) return 0;
        errno = E2BIG;
        if (unpack->end - unpack->start >= RECORD_MAX) return TRY(unpack, "record", -1);
        if (read_input(unpack) < 0) return -1;
    }
}

/* On failure the record is the one that could not be applied. */
static int apply_all(struct unpack *unpack, struct record *record)
{
    for (;;) {
        record->op = NULL;
        if (next_record(unpack, record) != 0) return -1;
        if (strcmp(record->op, "done") == 0) return 0;
        if (apply(unpack, record) != 0) return -1;
    }
}

/* One tree after the other: what the last one held goes with the process, and pages that nothing touches cost nothing. */
static struct unpack *unpack_from(int input, int root)
{
    static struct unpack unpack;
    if (unpack.call != NULL) close_owned(&unpack.parent); /* the last one's */
    unpack.call = "none";
    unpack.root = root;
    unpack.parent = -1;
    unpack.input_fd = input;
    unpack.start = unpack.end = 0;
    umask(0);
    fcntl(input, F_SETPIPE_SZ, 1 << 20); /* fine to fail: it may be a socket */
    return &unpack;
}

int unpack_tree(int root, int input)
{
    return apply_all(unpack_from(input, root), &(struct record){0});
}

int unpack_stdin(int root, bool layer)
{
    struct unpack *unpack = unpack_from(STDIN_FILENO, root);
    struct record record = {0};
    unpack->strict = !layer;
    int result = drop_privileges(unpack);
    if (result == 0) result = apply_all(unpack, &record);
    OWNED all = result != 0 || !layer ? -1 : open_in_root(unpack, "", O_RDONLY | O_DIRECTORY);
    if (result == 0 && layer) result = TRY(unpack, "syncfs", syncfs(all));
    int error = errno;
    const char *op = record.op == NULL ? "none" : record.op, *path = record.op == NULL ? NULL : record_get(&record, "path");
    if (result == 0) printf("done%c%c", 0, 0);
    else printf("error%cop=%s%cpath=%s%ccall=%s%cerrno=%d%c%c", 0, op, 0, path == NULL ? "" : path, 0, unpack->call, 0, error, 0, 0);
    int lost = fflush(stdout);
    errno = error;
    return lost != 0 ? -1 : result;
}
