/* The only place where the launch and enter roles pass a path to the kernel (SECURITY-BASELINE R2). Below a container
 * root every object is opened by openat2(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS) and created on a verified parent. */
#ifndef BRIG_PATHS_H
#define BRIG_PATHS_H

#include "journal.h"

#define IN_ROOT ((uint64_t)(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS))

int path_open_in(struct journal *journal, int root, const char *path, uint64_t flags, uint64_t resolve);

enum path_create { PATH_EXISTS, PATH_DIRECTORY, PATH_FILE };

/* An O_PATH descriptor of path below root; missing parts are made (0755 directories, a 0644 file) unless PATH_EXISTS. */
int path_target(struct journal *journal, int root, const char *path, enum path_create create, uint64_t resolve);

/* Reads at most limit bytes of a file below root. Returns the size, or -1; *bytes must be freed. */
ssize_t path_read(struct journal *journal, int root, const char *path, size_t limit, char **bytes);

/* Writes value to an existing file below a directory of the kernel's (procfs, cgroupfs); no link is followed. */
int path_write(struct journal *journal, int directory, const char *name, const char *value);

/* A detached copy of the mount (tree) at a host path. */
int path_open_tree(struct journal *journal, int directory, const char *path, unsigned flags);

int path_open_host(struct journal *journal, const char *path, int flags);
int path_make_directory(struct journal *journal, int parent, const char *name, unsigned mode);

#endif
