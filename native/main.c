/* brig's native helper: one static executable, several roles. It acts and does not think: what to do arrives as
 * records (record.h) from the TypeScript side. It installs no signal handler, so that nothing that reads, writes or waits
 * for a process ends with EINTR (signal(7)). */
#include "helper.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} roles[] = {
    {"launch", role_launch},
    {"extract", role_extract},
    {"remove", role_remove},
    {"measure", role_measure},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(argv[1], roles[i].name) == 0) return roles[i].run(argc - 1, argv + 1);
    fputs("this is the native helper of brig; it is started by brig and reads what to do from a file descriptor\n", stderr);
    return 125;
}
