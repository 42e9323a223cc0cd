/* The end of the container's group: its statistics, then whatever is still in it, then the group itself. */
#include "monitor.h"

#define STATISTICS_MAX 2048u

/* The last group that the plan makes is the container's. NULL: it has none, or not one of its own. */
static const char *group_path(const struct launch *launch)
{
    const struct record *made = launch_find(launch, "cgroupMake");
    return made == NULL ? NULL : record_get(made, "path");
}

/* The worker has made it; whoever ends it opens it then. */
int group_open(struct launch *launch)
{
    const char *path = group_path(launch);
    launch->cgroup = path == NULL ? -1 : path_open_host(&launch->journal, path, O_RDONLY | O_DIRECTORY);
    return launch->cgroup;
}

/* Sends the files to the caller and writes them as members of a JSON object. Returns the size. */
size_t group_statistics(struct launch *launch, char *json, size_t room)
{
    static const char *const names[] = {"memory.events", "memory.peak", "memory.max", "pids.events", "cpu.stat"};
    size_t used = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *bytes;
        ssize_t size = path_read(&launch->journal, launch->cgroup, names[i], STATISTICS_MAX, &bytes);
        if (size < 0) continue; /* a controller that is not there */
        journal_file(&launch->journal, names[i], 0, size, bytes);
        if (room - used > 6 * (size_t)size + 64) {
            used += (size_t)snprintf(json + used, room - used, "%s\"%s\":\"", used > 0 ? "," : "", names[i]);
            used += json_escape(json + used, bytes, (size_t)size);
            json[used++] = '"';
        }
        free(bytes);
    }
    return used;
}

/* Removes a group and the groups that the container may have made in it; deepest first. */
static int remove_group(void *context, int parent, const char *name)
{
    struct launch *launch = context;
    OWNED fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return 0; /* one of the group's files */
    each_entry(fd, remove_group, launch);
    CALL(&launch->journal, "unlinkat", unlinkat(parent, name, AT_REMOVEDIR), "\"%s\", AT_REMOVEDIR", name);
    return 0;
}

/* cgroup.kill reaches what has left the payload's process tree. That a group is empty is told by POLLPRI (cgroups(7)). */
void group_end(struct launch *launch)
{
    path_write(&launch->journal, launch->cgroup, "cgroup.kill", "1");
    OWNED events = openat(launch->cgroup, "cgroup.events", O_RDONLY | O_CLOEXEC);
    for (int tries = 0; events >= 0 && tries < 100; tries++) {
        char text[256] = "";
        ssize_t size = pread(events, text, sizeof text - 1, 0);
        if (size <= 0 || strstr(text, "populated 0") != NULL) break;
        poll(&(struct pollfd){.fd = events, .events = POLLPRI}, 1, 100);
    }
    close_owned(&launch->cgroup);
    const char *path = group_path(launch);
    if (path != NULL) remove_group(launch, AT_FDCWD, path);
}
