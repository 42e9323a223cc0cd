/* Role extract: DIRECTORY. Unpacks one layer: reads records (record.h) from stdin and applies them inside DIRECTORY,
 * which becomes this process's whole world first: its own mount namespace with nothing else in it, no network, and no
 * capability beyond what unpacking takes. What an archive names can therefore only be inside. Ends with one record on
 * stdout: "done entries= bytes=" after syncfs(2), or "error op= path= call= errno=".
 *
 * A record is dir, file (its `size` raw bytes follow the record), symlink, hardlink, fifo, char, block, whiteout or
 * opaque, with path and mode, uid, gid, mtime, nsec, xattr=NAME=HEX..., target, major, minor; "done" ends the stream. */
#include "helper.h"

#include "files.h"
#include "launch.h"

#include <sys/xattr.h>

enum { RECORD_MAX = 1 << 20, READ_MAX = 256 << 10, HOLE = 32 << 10, LINKS_MAX = 40, WALK_MAX = 4 * PATH_MAX };
#define PENDING_MAX ((size_t)128 << 20)

/* A directory whose time stamp and default ACL wait for the end, because making entries in it would change the one
 * and inherit the other. */
struct pending {
    struct pending *next;
    uint64_t inode;
    struct timespec modified;
    size_t path_size, acl_size;
    char bytes[]; /* the path, then the ACL */
};

struct metadata {
    uid_t uid;
    gid_t gid;
    mode_t mode;
    struct timespec times[2];
};

struct unpack {
    int root;
    const char *call; /* the system call that failed */
    int parent;       /* the directory of the last entry, or -1; its name is parent_path */
    char parent_path[PATH_MAX];
    struct pending *pending;
    size_t pending_size;
    uint64_t entries, bytes;
    struct metadata metadata; /* of the entry under way */
    bool in_hole; /* the file under way ends in one so far */
    bool strict;  /* directories and other things do not take each other's place */
    int input_fd;
    char input[RECORD_MAX + READ_MAX];
    size_t start, end; /* of what was read and not used */
};

#define TRY(unpack, name, expression) ((expression) < 0 ? ((unpack)->call = (name), -1) : 0)

/* ---- confinement ---- */

#define BIT(capability) (UINT64_C(1) << (capability))
static const uint64_t unpacking = BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_FSETID) | BIT(CAP_MKNOD) | BIT(CAP_SETFCAP);

/* CAP_SYS_ADMIN stays permitted for trusted.* attributes, and is effective only while one of ours is set. */
static int set_capabilities(uint64_t effective)
{
    uint64_t permitted = unpacking | BIT(CAP_SYS_ADMIN);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {
        {.effective = (uint32_t)effective, .permitted = (uint32_t)permitted},
        {.effective = (uint32_t)(effective >> 32), .permitted = (uint32_t)(permitted >> 32)},
    };
    return (int)syscall(SYS_capset, &header, data);
}

static int drop_privileges(struct unpack *unpack)
{
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        if (TRY(unpack, "prctl", prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))) return -1;
    if (TRY(unpack, "prctl", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))) return -1;
    return TRY(unpack, "capset", set_capabilities(unpacking));
}

/* pivot_root(2), "pivot_root(".", ".")": the old root ends up on top of the new one and is detached from there. */
static int confine(struct unpack *unpack, const char *path)
{
    struct mount_attr private = {.propagation = MS_PRIVATE};
    struct mount_attr harmless = {.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC};
    if (TRY(unpack, "unshare", unshare(CLONE_NEWNS | CLONE_NEWNET))) return -1;
    if (TRY(unpack, "mount_setattr", mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &private, sizeof private))) return -1;
    OWNED directory = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (TRY(unpack, "open", directory)) return -1;
    OWNED tree = open_tree(directory, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    const unsigned by_descriptor = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
    if (TRY(unpack, "open_tree", tree)) return -1;
    if (TRY(unpack, "mount_setattr", mount_setattr(tree, "", AT_EMPTY_PATH, &harmless, sizeof harmless))) return -1;
    if (TRY(unpack, "move_mount", move_mount(tree, "", directory, "", by_descriptor))) return -1;
    if (TRY(unpack, "fchdir", fchdir(tree)) || TRY(unpack, "pivot_root", syscall(SYS_pivot_root, ".", "."))) return -1;
    if (TRY(unpack, "umount2", umount2(".", MNT_DETACH)) || TRY(unpack, "chdir", chdir("/"))) return -1;
    unpack->root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return TRY(unpack, "open", unpack->root);
}

/* ---- extended attributes ---- */

static int set_opaque(struct unpack *unpack, int directory)
{
    if (TRY(unpack, "capset", set_capabilities(unpacking | BIT(CAP_SYS_ADMIN)))) return -1;
    int result = TRY(unpack, "fsetxattr", fsetxattr(directory, "trusted.overlay.opaque", "y", 1, 0));
    int error = errno;
    if (TRY(unpack, "capset", set_capabilities(unpacking))) return -1;
    errno = error;
    return result;
}

struct attribute {
    const char *name;
    char *value;
    size_t size;
};

/* Splits NAME=HEX in place; the value is decoded over the hexadecimal digits. */
static int parse_attribute(const struct record *record, size_t n, struct attribute *attribute)
{
    char *field = (char *)(uintptr_t)record_get_nth(record, "xattr", n); /* it points into our own buffer */
    char *equals = field == NULL ? NULL : strchr(field, '=');
    errno = EBADMSG;
    if (equals == NULL) return -1;
    *equals = '\0';
    *attribute = (struct attribute){.name = field, .value = equals + 1};
    return decode_hex(equals + 1, equals + 1, SIZE_MAX, &attribute->size) ? 0 : -1;
}

/* Sets the attributes on fd, or (fd < 0) on `name` in the current directory, which is not followed. A default ACL is
 * given back in *later instead, when the caller asks for it. */
static int set_attributes(struct unpack *unpack, const struct record *record, int fd, const char *name, struct attribute *later)
{
    for (size_t i = 0, count = record_count(record, "xattr"); i < count; i++) {
        struct attribute attribute;
        if (TRY(unpack, "record", parse_attribute(record, i, &attribute))) return -1;
        if (later != NULL && strcmp(attribute.name, "system.posix_acl_default") == 0) *later = attribute;
        else if (fd >= 0 && TRY(unpack, "fsetxattr", fsetxattr(fd, attribute.name, attribute.value, attribute.size, 0))) return -1;
        else if (fd < 0 && TRY(unpack, "lsetxattr", lsetxattr(name, attribute.name, attribute.value, attribute.size, 0))) return -1;
    }
    return 0;
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
    bool opaque = false;
    if (mkdirat(parent, name, 0700) != 0) {
        struct stat status;
        if (errno != EEXIST) return TRY(unpack, "mkdirat", -1);
        if (TRY(unpack, "fstatat", fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW))) return -1;
        opaque = is_whiteout(&status);
        errno = EEXIST;
        if (!opaque && !S_ISDIR(status.st_mode)) return TRY(unpack, "mkdirat", -1);
        if (opaque && TRY(unpack, "unlinkat", unlinkat(parent, name, 0))) return -1;
        if (opaque && TRY(unpack, "mkdirat", mkdirat(parent, name, 0700))) return -1;
    }
    OWNED fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (TRY(unpack, "openat", fd) || (opaque && set_opaque(unpack, fd) != 0)) return -1;
    return disown(&fd);
}

/* A directory that no entry spoke of. All of it is set, because a set-group-ID directory above hands its bit down. */
static int make_parent(struct unpack *unpack, int parent, const char *name)
{
    OWNED fd = make_directory(unpack, parent, name);
    if (fd < 0 || TRY(unpack, "fchown", fchown(fd, 0, 0)) || TRY(unpack, "fchmod", fchmod(fd, 0755))) return -1;
    return disown(&fd);
}

/* Puts what a symbolic link that leads nowhere (yet) says in the place of `path` up to `rest`. */
static int follow(struct unpack *unpack, int parent, char *path, char *name, const char *rest)
{
    char walk[WALK_MAX], target[PATH_MAX];
    ssize_t size = readlinkat(parent, name, target, sizeof target - 1);
    if (size < 0) { /* not a symbolic link: some other non-directory stands in the way */
        errno = ENOTDIR;
        return TRY(unpack, "openat2", -1);
    }
    target[size] = '\0';
    int length = snprintf(walk, sizeof walk, "%.*s%s/%s", target[0] == '/' ? 0 : (int)(name - path), path, target, rest);
    errno = ENAMETOOLONG;
    if (length < 0 || (size_t)length >= sizeof walk) return TRY(unpack, "readlinkat", -1);
    memcpy(path, walk, (size_t)length + 1);
    return 0;
}

/* Opens a directory that is not there in full: makes its missing parts, also those that a dangling symbolic link on
 * the way names. Every look-up is the kernel's, in-root, from the top. */
static int make_path(struct unpack *unpack, const char *wanted)
{
    char path[WALK_MAX], rest[WALK_MAX];
    int links = 0;
    OWNED parent = dup(unpack->root);
    memccpy(path, wanted, '\0', sizeof path);
    path[sizeof path - 1] = '\0';
    for (char *at = path; parent >= 0;) {
        at += strspn(at, "/");
        if (*at == '\0') return disown(&parent);
        char *name = at;
        at += strcspn(at, "/");
        char after = *at;
        *at = '\0';
        OWNED next = open_in_root(unpack, path, O_PATH | O_DIRECTORY);
        if (next < 0 && (errno == ENOENT || errno == ENOTDIR)) next = make_parent(unpack, parent, name);
        else if (next < 0) unpack->call = "openat2";
        if (next >= 0) {
            close(parent);
            parent = disown(&next);
            *at = after;
        } else if (errno == EEXIST) {
            memccpy(rest, after == '\0' ? "" : at + 1, '\0', sizeof rest);
            errno = ELOOP;
            if (++links > LINKS_MAX ? TRY(unpack, "openat2", -1) : follow(unpack, parent, path, name, rest)) return -1;
            close(parent);
            parent = dup(unpack->root);
            at = path;
        } else {
            return -1;
        }
    }
    return TRY(unpack, "dup", parent);
}

static int open_directory(struct unpack *unpack, const char *path)
{
    int fd = open_in_root(unpack, path, O_PATH | O_DIRECTORY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return make_path(unpack, path);
    return TRY(unpack, "openat2", fd) ? -1 : fd;
}

/* The directory that holds the last part of path, and that part in *name. Archives list a directory's entries one
 * after the other, so the last directory is kept; `unpack` owns it. */
static int open_parent(struct unpack *unpack, const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : (size_t)(slash - path);
    *name = slash == NULL ? path : slash + 1;
    errno = EINVAL;
    if (size >= sizeof unpack->parent_path || **name == '\0' || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0)
        return TRY(unpack, "record", -1);
    if (unpack->parent >= 0 && strncmp(unpack->parent_path, path, size) == 0 && unpack->parent_path[size] == '\0')
        return unpack->parent;
    close_owned(&unpack->parent);
    memcpy(unpack->parent_path, path, size);
    unpack->parent_path[size] = '\0';
    unpack->parent = open_directory(unpack, unpack->parent_path);
    return unpack->parent;
}

/* Removes what is in the way of a new entry. `parent` stays open (a tree cannot contain its own parent), but its name
 * may mean something else for the entries to come. */
static int make_way(struct unpack *unpack, int parent, const char *name)
{
    unpack->parent_path[0] = '/'; /* no entry's parent is called so */
    unpack->parent_path[1] = '\0';
    return TRY(unpack, "unlinkat", unpack->strict ? unlinkat(parent, name, 0) : remove_tree_at(parent, name));
}

/* ---- entries ---- */

static int parse_metadata(struct unpack *unpack, const struct record *record)
{
    uint64_t uid, gid, mode, nsec;
    int64_t seconds;
    errno = EBADMSG;
    if (!record_get_u64(record, "uid", UINT32_MAX - 1, &uid) || !record_get_u64(record, "gid", UINT32_MAX - 1, &gid) ||
        !record_get_u64(record, "mode", 07777, &mode) || !record_get_i64(record, "mtime", &seconds) ||
        !record_get_u64(record, "nsec", 999999999, &nsec))
        return TRY(unpack, "record", -1);
    struct timespec modified = {.tv_sec = seconds, .tv_nsec = (long)nsec};
    unpack->metadata = (struct metadata){(uid_t)uid, (gid_t)gid, (mode_t)mode, {modified, modified}};
    return 0;
}

/* Owner before mode, because a change of owner clears the set-ID bits (chown(2)), and attributes after both, because
 * it removes file capabilities as well. */
static int dress_fd(struct unpack *unpack, const struct record *record, int fd, struct attribute *later)
{
    const struct metadata *metadata = &unpack->metadata;
    if (TRY(unpack, "fchown", fchown(fd, metadata->uid, metadata->gid))) return -1;
    if (TRY(unpack, "fchmod", fchmod(fd, metadata->mode))) return -1;
    if (set_attributes(unpack, record, fd, NULL, later) != 0) return -1;
    return TRY(unpack, "futimens", futimens(fd, metadata->times));
}

/* The same for what cannot be opened. Nobody else works in this directory, so `name` is still what we made. */
static int dress_name(struct unpack *unpack, const struct record *record, int parent, const char *name)
{
    const struct metadata *metadata = &unpack->metadata;
    struct stat status;
    if (TRY(unpack, "fstatat", fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW))) return -1;
    if (TRY(unpack, "fchownat", fchownat(parent, name, metadata->uid, metadata->gid, AT_SYMLINK_NOFOLLOW))) return -1;
    if (!S_ISLNK(status.st_mode) && TRY(unpack, "fchmodat", fchmodat(parent, name, metadata->mode, 0))) return -1;
    bool plain = record_count(record, "xattr") == 0;
    if (!plain && (TRY(unpack, "fchdir", fchdir(parent)) || set_attributes(unpack, record, -1, name, NULL) != 0)) return -1;
    return TRY(unpack, "utimensat", utimensat(parent, name, metadata->times, AT_SYMLINK_NOFOLLOW));
}

static int add_pending(struct unpack *unpack, const char *path, int fd, const struct attribute *acl)
{
    struct stat status;
    if (TRY(unpack, "fstat", fstat(fd, &status))) return -1;
    size_t path_size = strlen(path) + 1, size = sizeof(struct pending) + path_size + acl->size;
    errno = E2BIG;
    struct pending *pending = PENDING_MAX - unpack->pending_size < size ? NULL : malloc(size);
    if (pending == NULL) return TRY(unpack, "malloc", -1);
    *pending = (struct pending){unpack->pending, status.st_ino, unpack->metadata.times[1], path_size, acl->size};
    memcpy(pending->bytes, path, path_size);
    if (acl->size > 0) memcpy(pending->bytes + path_size, acl->value, acl->size);
    unpack->pending = pending;
    unpack->pending_size += size;
    return 0;
}

static int apply_pending(struct unpack *unpack)
{
    for (const struct pending *pending = unpack->pending; pending != NULL; pending = pending->next) {
        struct stat status;
        OWNED fd = open_in_root(unpack, pending->bytes, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (fd < 0) continue; /* a later entry took its place */
        if (TRY(unpack, "fstat", fstat(fd, &status))) return -1;
        if (status.st_ino != pending->inode) continue;
        const char *acl = pending->bytes + pending->path_size;
        const struct timespec times[2] = {pending->modified, pending->modified};
        if (pending->acl_size > 0 &&
            TRY(unpack, "fsetxattr", fsetxattr(fd, "system.posix_acl_default", acl, pending->acl_size, 0)))
            return -1;
        if (TRY(unpack, "futimens", futimens(fd, times))) return -1;
    }
    return 0;
}

static int apply_dir(struct unpack *unpack, const struct record *record, const char *path)
{
    const char *name;
    OWNED fd = -1;
    if (strcmp(path, ".") == 0) {
        fd = open_in_root(unpack, ".", O_RDONLY | O_DIRECTORY);
        if (TRY(unpack, "openat2", fd)) return -1;
    } else {
        int parent = open_parent(unpack, path, &name);
        if (parent < 0) return -1;
        fd = make_directory(unpack, parent, name);
        bool in_the_way = fd < 0 && errno == EEXIST && !unpack->strict;
        if (in_the_way && make_way(unpack, parent, name) == 0) fd = make_directory(unpack, parent, name);
        if (fd < 0) return -1;
    }
    struct attribute acl = {0};
    return dress_fd(unpack, record, fd, &acl) == 0 ? add_pending(unpack, path, fd, &acl) : -1;
}

static int apply_opaque(struct unpack *unpack, const struct record *record, const char *path)
{
    (void)record;
    OWNED directory = open_directory(unpack, path);
    if (directory < 0) return -1;
    OWNED fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* attributes need more than O_PATH */
    return TRY(unpack, "openat", fd) ? -1 : set_opaque(unpack, fd);
}

/* A deletion mark concerns the layers below only: what this layer itself put there stays (image-spec layer.md,
 * "Whiteouts"), and a directory stays without what it would inherit. */
static int apply_whiteout(struct unpack *unpack, const struct record *record, const char *path)
{
    const char *name;
    struct stat status;
    int parent = open_parent(unpack, path, &name);
    if (parent < 0) return -1;
    if (mknodat(parent, name, S_IFCHR, makedev(0, 0)) == 0) return 0;
    if (errno != EEXIST) return TRY(unpack, "mknodat", -1);
    if (TRY(unpack, "fstatat", fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW))) return -1;
    return S_ISDIR(status.st_mode) ? apply_opaque(unpack, record, path) : 0;
}

static int make_node(struct unpack *unpack, const struct record *record, int parent, const char *name)
{
    uint64_t major = 0, minor = 0;
    mode_t type = record->op[0] == 'f' ? S_IFIFO : record->op[0] == 'c' ? S_IFCHR : S_IFBLK;
    const char *target = record_get(record, "target");
    errno = EBADMSG;
    if (record->op[0] == 's') return target == NULL ? TRY(unpack, "record", -1) : TRY(unpack, "symlinkat", symlinkat(target, parent, name));
    if (type != S_IFIFO && (!record_get_u64(record, "major", 4095, &major) || !record_get_u64(record, "minor", 1048575, &minor) ||
                            (major == 0 && minor == 0)))
        return TRY(unpack, "record", -1);
    return TRY(unpack, "mknodat", mknodat(parent, name, type | 0600, makedev((unsigned)major, (unsigned)minor)));
}

static int apply_node(struct unpack *unpack, const struct record *record, const char *path)
{
    const char *name;
    int parent = open_parent(unpack, path, &name);
    if (parent < 0) return -1;
    int result = make_node(unpack, record, parent, name);
    if (result != 0 && errno == EEXIST && make_way(unpack, parent, name) == 0) result = make_node(unpack, record, parent, name);
    return result == 0 ? dress_name(unpack, record, parent, name) : -1;
}

static int link_in(struct unpack *unpack, int from, const char *target, int parent, const char *name)
{
    struct stat old, new;
    if (TRY(unpack, "fstatat", fstatat(from, target, &old, AT_SYMLINK_NOFOLLOW))) return -1;
    errno = S_ISDIR(old.st_mode) ? EISDIR : ENOENT;
    if (S_ISDIR(old.st_mode) || is_whiteout(&old)) return TRY(unpack, "linkat", -1);
    if (linkat(from, target, parent, name, 0) == 0) return 0; /* without AT_SYMLINK_FOLLOW: a link itself is linked */
    if (errno != EEXIST) return TRY(unpack, "linkat", -1);
    if (TRY(unpack, "fstatat", fstatat(parent, name, &new, AT_SYMLINK_NOFOLLOW))) return -1;
    if (old.st_dev == new.st_dev && old.st_ino == new.st_ino) return 0;
    if (make_way(unpack, parent, name) != 0) return -1;
    return TRY(unpack, "linkat", linkat(from, target, parent, name, 0));
}

static int apply_hardlink(struct unpack *unpack, const struct record *record, const char *path)
{
    const char *name, *target_name, *target = record_get(record, "target");
    errno = EBADMSG;
    if (target == NULL) return TRY(unpack, "record", -1);
    const char *slash = strrchr(target, '/');
    char directory[PATH_MAX] = "";
    size_t size = slash == NULL ? 0 : (size_t)(slash - target);
    if (size >= sizeof directory) return TRY(unpack, "record", -1);
    memcpy(directory, target, size);
    target_name = slash == NULL ? target : slash + 1;
    OWNED from = open_in_root(unpack, directory, O_PATH | O_DIRECTORY);
    if (TRY(unpack, "openat2", from)) return -1;
    int parent = open_parent(unpack, path, &name);
    if (parent < 0 || link_in(unpack, from, target_name, parent, name) != 0) return -1;
    return dress_name(unpack, record, parent, name);
}

/* ---- file contents ---- */

static ssize_t read_input(struct unpack *unpack)
{
    size_t room = sizeof unpack->input - unpack->end;
    ssize_t got;
    do got = read(unpack->input_fd, unpack->input + unpack->end, room < READ_MAX ? room : READ_MAX);
    while (got < 0 && errno == EINTR);
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
    unpack->bytes += size;
    return size < HOLE ? 0 : TRY(unpack, "ftruncate", ftruncate(fd, (off_t)size));
}

static int apply_file(struct unpack *unpack, const struct record *record, const char *path)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const char *name;
    uint64_t size;
    errno = EBADMSG;
    if (!record_get_u64(record, "size", INT64_MAX, &size)) return TRY(unpack, "record", -1);
    int parent = open_parent(unpack, path, &name);
    if (parent < 0) return -1;
    OWNED fd = openat(parent, name, flags, 0600);
    if (fd < 0 && errno == EEXIST && make_way(unpack, parent, name) == 0) fd = openat(parent, name, flags, 0600);
    if (TRY(unpack, "openat", fd) || write_contents(unpack, fd, size) != 0) return -1;
    return dress_fd(unpack, record, fd, NULL);
}

/* ---- the stream ---- */

static const struct {
    const char *op;
    int (*apply)(struct unpack *unpack, const struct record *record, const char *path);
    bool is_mark; /* has no metadata */
} operations[] = {
    {"dir", apply_dir, false},      {"file", apply_file, false},         {"symlink", apply_node, false},
    {"fifo", apply_node, false},    {"char", apply_node, false},         {"block", apply_node, false},
    {"opaque", apply_opaque, true}, {"whiteout", apply_whiteout, true},  {"hardlink", apply_hardlink, false},
};

static int apply(struct unpack *unpack, const struct record *record)
{
    const char *path = record_get(record, "path");
    for (size_t i = 0; path != NULL && i < sizeof operations / sizeof operations[0]; i++) {
        if (strcmp(operations[i].op, record->op) != 0) continue;
        if (!operations[i].is_mark && parse_metadata(unpack, record) != 0) return -1;
        return operations[i].apply(unpack, record, path);
    }
    errno = EBADMSG;
    return TRY(unpack, "record", -1);
}

/* Parses the next record, reading as much as that takes, and leaves room behind it for contents. */
static int next_record(struct unpack *unpack, struct record *record)
{
    for (;;) {
        ptrdiff_t taken = record_parse(unpack->input + unpack->start, unpack->end - unpack->start, record);
        if (taken < 0) return TRY(unpack, "record", -1);
        bool roomy = sizeof unpack->input - unpack->start - (size_t)taken >= READ_MAX / 2;
        if (taken > 0 && (roomy || unpack->start == 0)) {
            unpack->start += (size_t)taken;
            return 0;
        }
        record_free(record);
        if (taken > 0 || sizeof unpack->input - unpack->end < READ_MAX || unpack->start == unpack->end) {
            memmove(unpack->input, unpack->input + unpack->start, unpack->end - unpack->start);
            unpack->end -= unpack->start;
            unpack->start = 0;
        }
        errno = E2BIG;
        if (unpack->end >= RECORD_MAX && taken == 0) return TRY(unpack, "record", -1);
        if (taken == 0 && read_input(unpack) < 0) return -1;
    }
}

static int apply_all(struct unpack *unpack, struct record *record)
{
    for (;;) {
        record_free(record);
        if (next_record(unpack, record) != 0) return -1;
        if (strcmp(record->op, "done") == 0) return apply_pending(unpack);
        if (apply(unpack, record) != 0) return -1;
        unpack->entries++;
    }
}

/* One tree after the other: what the last one held goes with the process, and pages that nothing touches cost nothing. */
static struct unpack *unpack_from(int input, int root)
{
    static struct unpack unpack;
    if (unpack.call != NULL) close_owned(&unpack.parent); /* the last one's */
    unpack.call = "close_range";
    unpack.root = root;
    unpack.parent = -1;
    unpack.input_fd = input;
    unpack.pending = NULL;
    unpack.start = unpack.end = unpack.pending_size = 0;
    umask(0);
    fcntl(input, F_SETPIPE_SZ, 1 << 20); /* fine to fail: it may be a socket */
    return &unpack;
}

int unpack_tree(int root, int input)
{
    struct record record = {0};
    int result = apply_all(unpack_from(input, root), &record), error = errno;
    record_free(&record);
    errno = error;
    return result;
}

/* After `result` has said that all is ready; with a record on stdout of how it ended. */
static int unpack_and_tell(struct unpack *unpack, int result, bool durable)
{
    struct record record = {0};
    if (result == 0) result = drop_privileges(unpack);
    if (result == 0) result = apply_all(unpack, &record);
    if (result == 0 && durable) result = TRY(unpack, "syncfs", syncfs(unpack->root));
    int error = errno;
    const char *op = record.op == NULL ? "none" : record.op, *path = record.op == NULL ? NULL : record_get(&record, "path");
    if (result != 0)
        printf("error%cop=%s%cpath=%s%ccall=%s%cerrno=%d%c%c", 0, op, 0, path == NULL ? "" : path, 0, unpack->call, 0, error, 0, 0);
    else
        printf("done%centries=%llu%cbytes=%llu%c%c", 0, (unsigned long long)unpack->entries, 0, (unsigned long long)unpack->bytes, 0, 0);
    record_free(&record);
    int lost = fflush(stdout);
    errno = error;
    return lost != 0 ? 2 : result != 0;
}

int unpack_confined(int root)
{
    struct unpack *unpack = unpack_from(STDIN_FILENO, root);
    unpack->strict = true;
    return unpack_and_tell(unpack, 0, false) == 0 ? 0 : -1;
}

int role_extract(int argc, char **argv)
{
    if (argc != 2) return 125;
    struct unpack *unpack = unpack_from(STDIN_FILENO, -1);
    int result = close_range(3, ~0U, 0);
    return unpack_and_tell(unpack, result == 0 ? confine(unpack, argv[1]) : -1, true);
}
